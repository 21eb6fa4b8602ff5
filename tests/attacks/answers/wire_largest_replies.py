# /// attack
# title = "answers every call with the largest reply that is allowed"
# aim = "to make the trusted side keep them all"
# ///
from wire_helper import reply

SIZE = 63 << 20


def double(x):
    reply({"value": {2: ["uint8", [SIZE], 0, SIZE]}}, SIZE)


spell = double
