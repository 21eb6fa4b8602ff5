# /// attack
# title = "prints without end, to both streams and to the descriptor"
# aim = "the reviewer's disk and memory, or a reader that never stops"
# verdict = "output_limit"
# ///
import sys


def double(x):
    while True:
        print("x" * 1000)


def total(step, times):
    while True:
        print("\x00", file=sys.stderr, end="", flush=True)


def spell(numbers):
    sys.stdout.buffer.raw.write(b"\n" * (1 << 24))
