# /// attack
# title = "stops itself, ignores and blocks every signal, and takes over their handlers"
# aim = "a process that cannot be ended"
# source = "otter-grader issue 813"
# verdict = "time_limit"
# refused = true
# ///
import os
import signal
import time

for number in range(1, 65):
    try:
        signal.signal(number, lambda *args: None)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))


def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(60)


def total(step, times):
    os.kill(0, signal.SIGSTOP)
    while True:
        time.sleep(60)
