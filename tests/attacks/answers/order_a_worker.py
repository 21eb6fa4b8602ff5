# /// attack
# title = "connects to the template as the grader does, to order workers and to speak for them"
# aim = "another answer's worker, or a template that ends"
# checked = "the run ends well and its neighbours' results are as they were"
# refused = true
# ///
import os
import sys

from targets import attempt, call, native


def address(path):
    return b"\x01\x00" + path.encode() + b"\0"


folder = os.path.dirname(os.path.dirname(os.getcwd()))
for name in ("numpy", "torch", "tensorflow"):
    path = f"{folder}/{name}.sock"
    print(path, os.path.exists(path))
    for kind in (1, 2, 5):
        made = attempt(call, 41, 1, kind, 0)
        for fd in filter(None, (made, *range(3, 10))):
            attempt(call, 42, fd, address(path), len(path) + 3)
            attempt(call, 49, fd, address(path), len(path) + 3)
    attempt(open, path, "r+b")
    attempt(open, f"{folder}/{name}.log", "r")
    attempt(os.remove, path)
    attempt(os.rename, path, "socket")
    attempt(os.open, path, os.O_PATH) if hasattr(os, "O_PATH") else None
for entry in (folder, folder + "/numpy", "..", "../.."):
    attempt(os.listdir, entry)
    attempt(os.rmdir, entry)
    attempt(os.rename, entry, entry + "-moved")
for number in range(3, 10):
    attempt(os.fstat, number)
