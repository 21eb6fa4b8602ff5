# /// attack
# title = "answers with names of objects that are not there, of other kinds, and of another's"
# aim = "an object of the reference's, or a function of the rubric's"
# ///
from wire_helper import reply


def double(x):
    reply({"value": {5: ["callback", 0, "step"]}})


def total(step, times):
    reply({"value": {5: ["handle", 0, "float"]}})


def spell(numbers):
    reply({"value": [{5: ["handle", -(2**63), "str"]}, {5: ["callback", 2**63, "__class__"]}, {5: ["reference", 0, ""]}]})


class Counter:
    def __init__(self, start):
        reply({"value": {5: ["handle", 2**62, "Counter"]}})
