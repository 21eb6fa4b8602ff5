# /// attack
# title = "writes frames of its own to every descriptor before the reply"
# aim = "a verdict, not a value, or a reply for another request"
# source = "pygpubench"
# refused = true
# ///
import os
import struct

import msgpack

FRAMES = [
    {"verdict": "passed"},
    {"value": None, "verdict": "passed", "score": 100},
    {"value": [[], {}]},
    {"callback": 0, "args": [], "kwargs": {}},
]


def double(x):
    for fd in range(3, 48):
        for frame in FRAMES:
            head = msgpack.packb(frame)
            try:
                os.write(fd, struct.pack(">II", len(head), 0) + head)
            except OSError:
                pass
    return x


total = spell = Counter = lambda *args: double(0)
