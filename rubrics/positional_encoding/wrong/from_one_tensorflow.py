# /// wrong
# framework = "tensorflow"
# loses = ["test_sine_and_cosine_columns"]
# also = ["test_matches_formula", "test_far_positions", "test_odd_d_model", "test_base"]
# diagnosis = "positions counted from 1 instead of from 0"
# diagnosis_zh = "位置从 1 而不是从 0 开始计数"
# ///

import tensorflow as tf


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    position = tf.range(1, length + 1, dtype=tf.float64)[:, tf.newaxis]
    pair = tf.range((d_model + 1) // 2, dtype=tf.float64)
    angle = position * tf.exp(-tf.math.log(tf.constant(base, tf.float64)) * 2.0 * pair / d_model)
    table = tf.reshape(tf.stack([tf.sin(angle), tf.cos(angle)], axis=-1), [length, d_model + d_model % 2])
    return tf.cast(table[:, :d_model], tf.float32)
