# /// attack
# title = "computes on as many threads as it may have"
# aim = "a neighbour that runs out of time"
# verdict = "time_limit"
# checked = "the neighbours' results are as they were"
# ///
import hashlib
import threading

threading.stack_size(65536)


def work():
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # without the interpreter's lock


def double(x):
    for _ in range(13):
        threading.Thread(target=work, daemon=True).start()
    work()


def total(step, times):
    double(step)


spell = double
