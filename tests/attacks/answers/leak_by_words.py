# /// attack
# title = "writes hidden inputs into exceptions, class names, signatures and what it prints"
# aim = "to read the hidden cases out of the candidate's report"
# source = "LeetCode's feedback; the cases of a judge read out through its errors"
# ///
import inspect

import numpy as np
from targets import LEAK

error = type(LEAK, (Exception,), {})
NAMED = type(LEAK, (), {})
calls = 0


def double(x):
    print(LEAK)
    match x.shape[0]:
        case 1:
            raise ImportError(f"No module named '{LEAK}'")
        case 3:
            raise SyntaxError(LEAK)
        case 8:
            raise error(LEAK)
    return NAMED()


def total(step, times):
    total.__signature__ = inspect.Signature([inspect.Parameter("x" if times == 3 else LEAK.replace("-", "_"), inspect.Parameter.KEYWORD_ONLY, default=LEAK)])
    raise TypeError(LEAK) if times == 3 else ModuleNotFoundError(f"No module named {LEAK}", name=LEAK)


def spell(numbers):
    return NAMED


class Counter:
    def __init__(self, start):
        self.value = 0
        self.start = start

    def add(self, amount):
        raise AttributeError(LEAK, name=LEAK, obj=self)
