# /// attack
# title = "answers with errors whose parts are arrays, infinities and dicts in place of text"
# aim = "to make the trusted side print, list or count what it should only name"
# ///
from wire_helper import reply

SIZE = 4 << 20
ARRAY = {2: ["uint8", [SIZE], 0, SIZE]}
CUBE = {2: ["uint8", [2] * 20, 0, 1 << 20]}
FRAME = {"file": "answer.py", "line": 1, "function": "f", "text": ""}


def error(body=0, **parts):
    fields = {"kind": "answer", "type": "E", "types": [], "message": "", "frames": []}
    reply({"error": fields | parts}, body)


def double(x):
    error(SIZE, types=ARRAY) if x.shape[0] % 2 else error(SIZE, frames=ARRAY)


def total(step, times):
    error(1 << 20, message=CUBE)


def spell(numbers):
    error(frames=[FRAME | {"line": float("inf")}])


class Counter:
    def __init__(self, start):
        error(SIZE, frames=[FRAME | {"line": [], "file": {}}], type={}, kind=ARRAY)
