# /// wrong
# framework = "numpy"
# loses = ["test_sine_and_cosine_columns"]
# also = ["test_matches_formula", "test_far_positions", "test_odd_d_model", "test_base"]
# diagnosis = "all sines first and then all cosines, instead of in turn"
# diagnosis_zh = "先排所有正弦、再排所有余弦，而不是交替排列"
# ///

import numpy as np


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    position = np.arange(length)[:, None]
    frequency = base ** (-np.arange(0, d_model, 2) / d_model)
    angle = position * frequency
    table = np.concatenate([np.sin(angle), np.cos(angle)], axis=1)
    return table[:, :d_model].astype(np.float32)
