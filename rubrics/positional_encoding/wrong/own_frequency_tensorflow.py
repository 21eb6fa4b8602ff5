# /// wrong
# framework = "tensorflow"
# loses = ["test_sine_and_cosine_columns", "test_inner_products"]
# also = [
#     "test_matches_formula", "test_far_positions", "test_odd_d_model", "test_base",
#     "test_rows_do_not_depend_on_length", "test_float32", "test_length_zero",
# ]
# diagnosis = "each column has a frequency of its own, so that a cosine does not go with its sine"
# diagnosis_zh = "每一列各有自己的频率，余弦与正弦不成对"
# ///

import tensorflow as tf


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    position = tf.cast(tf.range(length), tf.float64)[:, tf.newaxis]
    column = tf.range(d_model)
    angle = position / tf.pow(tf.cast(base, tf.float64), tf.cast(column, tf.float64) / d_model)
    return tf.cast(tf.where(column % 2 == 0, tf.sin(angle), tf.cos(angle)), tf.float32)
