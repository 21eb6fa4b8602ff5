# /// attack
# title = "starts threads without end"
# aim = "the machine's processes and its processor"
# source = "isolate's NEWS 2.6"
# verdict = "memory_limit"
# ///
import threading
import time


def double(x):
    threading.stack_size(65536)
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def total(step, times):
    double(step)


spell = double
