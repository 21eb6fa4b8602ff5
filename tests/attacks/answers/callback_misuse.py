# /// attack
# title = "calls the rubric's function with forged names, odd keywords and answers nobody asked for"
# aim = "another function of the rubric's, or its frames by way of an error"
# ///
from wire_helper import ask

FORGED = [
    {"callback": 10**6, "args": [], "kwargs": {}},
    {"callback": [], "args": [], "kwargs": {}},
    {"callback": 0, "args": {"i": 0}, "kwargs": []},
    {"callback": 0, "args": [], "kwargs": {"__globals__": 1}},
    {"callback": 0, "args": [[[[{5: ["callback", 0, ""]}]]]], "kwargs": {}},
    {"callback": 0},
    {"callback": 0, "args": [{1: [[0.5, 0], [0, 0]]}], "kwargs": {1: [[1, 1]]}},
    {"callback": 0, "args": ["0" * 100_000], "kwargs": {}},
    {"callback": None, "value": 1, "error": 1},
]


def total(step, times):
    for frame in FORGED:
        print(str(ask(frame))[:200])
    for name in ("__self__", "__closure__", "__globals__", "__code__", "__wrapped__"):
        print(name, str(getattr(step, name, None))[:100])
    return 0.0
