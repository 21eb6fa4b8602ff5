# /// attack
# title = "forges errors whose kind, file, line and message hold hidden inputs"
# aim = "to read the hidden cases out of the candidate's report"
# ///
from targets import LEAK
from wire_helper import reply

FRAME = {"file": LEAK, "line": 31337, "function": LEAK, "text": LEAK}


def error(kind, type="ValueError", frames=()):
    reply({"error": {"kind": kind, "type": type, "types": [type], "message": LEAK, "frames": list(frames)}})


def double(x):
    match x.shape[0]:
        case 1:
            error("missing")
        case 3:
            error("signature")
        case 8:
            error("answer", frames=[FRAME])
        case _:
            error("memory", frames=[FRAME])


def total(step, times):
    error("wire" if times == 3 else "gradient")


def spell(numbers):
    error("answer", type="SyntaxError", frames=[FRAME])


class Counter:
    def __init__(self, start):
        reply({"value": {5: ["handle", 0, LEAK]}} if start % 2 else {"value": [LEAK]})
