# /// attack
# title = "traps floating point errors, changes rounding, locale, time zone and working folder"
# aim = "arithmetic that goes wrong elsewhere"
# ///
import locale
import os
import time

import numpy as np

from targets import attempt, library

np.seterr(all="raise")
np.seterrcall(lambda *args: None)
np.set_printoptions(threshold=10**9, formatter={"all": lambda value: "x" * 1000})
attempt(library.feenableexcept, 63)
attempt(library.fesetround, 0xC00)
attempt(locale.setlocale, locale.LC_ALL, "de_DE.UTF-8")
os.environ.update(TZ="Asia/Shanghai", LC_ALL="tr_TR", PYTHONPATH="/tmp", LD_PRELOAD="/tmp/x.so", OMP_NUM_THREADS="1000")
time.tzset()
os.chdir("/")


def double(x):
    return np.full_like(x, 1e-45) / np.float32(3)
