# /// attack
# title = "goes on after its result: double fork, new session, threads that ignore every signal, exit handlers"
# aim = "a process, or an effect, that outlives the worker"
# refused = true
# ///
import atexit
import os
import signal
import threading
import time

from targets import CANARY, attempt


def linger():
    while True:
        attempt(open, CANARY + "/open/lingered", "w")
        time.sleep(0.1)


def daemonize():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            linger()


atexit.register(open, CANARY + "/open/atexit", "w")
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
attempt(daemonize)
attempt(os.setsid)
attempt(os.setpgid, 0, 0)
threading.Thread(target=linger).start()


class Lingers:
    def __del__(self):
        linger()


def double(x):
    return x + Lingers() if False else x


def total(step, times):
    return Lingers()
