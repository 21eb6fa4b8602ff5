# /// attack
# title = "fills files that have no name any more, open or mapped"
# aim = "the machine's disk: a scratch folder that is looked through shows nothing of them"
# refused = true
# ///
import os
import time

from targets import call

kept = []
MB = 1 << 20


def double(x):
    for _ in range(60):
        with open("file", "wb+") as file:
            file.write(bytes(3 * MB))
            file.flush()
            call(9, 0, 4096, 1, 2, file.fileno(), 0)  # mmap: what is mapped needs no descriptor
        os.remove("file")
    time.sleep(0.3)
    return x


def total(step, times):
    for _ in range(40):
        file = open(os.open(".", 0o20200000 | os.O_RDWR), "wb")  # O_TMPFILE
        file.write(bytes(3 * MB))
        kept.append(file)
    time.sleep(0.3)
    return 0.0


def spell(numbers):
    for _ in range(60):
        with open("file", "wb") as file:
            file.write(bytes(3 * MB))
        kept.append(open("file", "rb")) if len(kept) < 30 else None
        with open("other", "wb") as file:
            file.write(bytes(MB))
        os.replace("other", "file")
    time.sleep(0.3)
    return []
