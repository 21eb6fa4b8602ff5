# /// attack
# title = "returns subclasses of int, float, str, bytes, tuple and dict with methods of their own"
# aim = "a method of the attacker's that runs on the trusted side"
# verdict = "wrong_answer"
# ///
from targets import CANARY, attempt


def planted(*args, **kwargs):
    attempt(open, CANARY + "/open/ran", "w")
    return True


def evil(base):
    names = ("__eq__", "__hash__", "__bool__", "__len__", "__iter__", "__str__", "__repr__", "__reduce__", "__del__", "__float__", "__index__")
    own = {name: planted for name in names if name != "__iter__"}
    return type("Evil", (base,), own)


def double(x):
    return (evil(tuple)([x, x]), evil(dict)(a=x))


def total(step, times):
    return evil(float)(1.0) if times == 3 else evil(int)(1)


def spell(numbers):
    return [evil(str)("x"), evil(bytes)(b"x"), evil(list)([1]), evil(set)([1]), Exception, planted]


class Counter:
    def __init__(self, start):
        self.value = evil(int)(start)

    def add(self, amount):
        return self.value
