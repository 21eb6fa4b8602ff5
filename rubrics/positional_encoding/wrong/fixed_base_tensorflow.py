# /// wrong
# framework = "tensorflow"
# loses = ["test_base"]
# diagnosis = "base is ignored: 10000 is written into the formula"
# diagnosis_zh = "忽略参数 base：公式中写死了 10000"
# ///

import numpy as np
import tensorflow as tf


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    column = np.arange(d_model)
    angle = np.arange(length)[:, np.newaxis] / np.power(10000.0, 2 * (column // 2) / d_model)
    table = np.where(column % 2 == 0, np.sin(angle), np.cos(angle))
    return tf.constant(table, dtype=tf.float32)
