# /// attack
# title = "never reads the wire, or reads it a byte at a time"
# aim = "a sender that waits for ever"
# verdict = "time_limit"
# ///
import time

from wire_helper import channel


def double(x):
    wire = channel()
    while True:
        wire.recv(1)
        time.sleep(0.05)


def total(step, times):
    step(0)
    wire = channel()
    wire.sendall(b"\0" * 7)
    time.sleep(60)


def spell(numbers):
    wire = channel()
    wire.shutdown(1)
    time.sleep(60)


class Counter:
    def __init__(self, start):
        wire = channel()
        wire.shutdown(0)
        time.sleep(60)
