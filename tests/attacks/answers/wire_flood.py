# /// attack
# title = "sends a trickle, then a flood, and never a whole frame"
# aim = "to hold the trusted side in a loop that forgets the clock, or to fill its memory"
# verdict = "time_limit"
# ///
import time

from wire_helper import channel


def double(x):
    wire = channel()
    wire.sendall(b"\x00\x00\x00\x08\x03\xff\xff\xff")
    while True:
        wire.send(b"\xc0")
        time.sleep(0.0001)


def total(step, times):
    wire = channel()
    wire.sendall(b"\x00\x00\x00\x08\x03\xff\xff\xff" + bytes(8))
    while True:
        wire.send(b"\xc0")
