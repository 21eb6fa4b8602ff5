# /// attack
# title = "returns hidden inputs as the names of what it returns in place of an array or a number"
# aim = "to read the hidden cases out of the candidate's report"
# ///
from targets import LEAK
from wire_helper import reply


def double(x):
    reply({"value": {5: ["handle", 0, LEAK]}})


def total(step, times):
    return type(LEAK, (), {})()


def spell(numbers):
    return {LEAK: type(LEAK, (), {})()}


Counter = type(LEAK, (), {"__init__": lambda self, start: None, "value": property(lambda self: type(LEAK, (), {})())})
