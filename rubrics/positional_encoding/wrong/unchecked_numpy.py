# /// wrong
# framework = "numpy"
# loses = ["test_bad_arguments"]
# diagnosis = "bad arguments are not refused"
# diagnosis_zh = "没有拒绝错误的参数"
# ///

import numpy as np


def positional_encoding(length, d_model, base=10000.0):
    position = np.arange(length)[:, None]
    frequency = 1.0 / base ** (np.arange(0, d_model, 2) / d_model)
    table = np.zeros((max(length, 0), max(d_model, 0)))
    table[:, 0::2] = np.sin(position * frequency)
    table[:, 1::2] = np.cos(position * frequency[: d_model // 2])
    return table.astype(np.float32)
