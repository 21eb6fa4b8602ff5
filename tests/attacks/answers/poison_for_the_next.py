# /// attack
# title = "leaves traps in modules, builtins and its scratch folder for the next criterion's worker"
# aim = "the next worker, or the reference, runs the attacker's code"
# ///
import builtins
import os
import sys

import numpy as np

print("FOUND TRAPS" if getattr(builtins, "trapped", False) or os.path.exists("trap") else "clean")
builtins.trapped = True
for name in ("trap", "sitecustomize.py", "usercustomize.py", "numpy.py", "sandbox.py", "planted.pth", "answer/answer.pyc"):
    with open(name, "w") as file:
        file.write("raise SystemExit(0)")
sys.modules["msgpack"] = sys.modules["json"] = None
sys.path[:] = []
np.add = np.ndarray = None
builtins.len = builtins.isinstance = lambda *args: True


def double(x):
    return x
