# /// attack
# title = "returns at once and lets a thread finish the work"
# aim = "time that nobody measures"
# source = "KernelBench PR 82"
# verdict = "wrong_answer"
# ///
import threading
import time

import numpy as np


def double(x):
    result = np.zeros_like(x)

    def work():
        time.sleep(0.2)
        result[...] = x + x

    threading.Thread(target=work, daemon=True).start()
    return result
