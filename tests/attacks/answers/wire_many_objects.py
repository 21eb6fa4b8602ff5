# /// attack
# title = "answers with a head full of the smallest objects, in every call"
# aim = "to make the trusted side keep a hundred times what was sent"
# ///
from wire_helper import reply


def double(x):
    reply({"value": [{}] * 300_000})


def total(step, times):
    double(step)


spell = double
