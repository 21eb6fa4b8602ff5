import tensorflow as tf


def positional_encoding(length, d_model, base=10000.0):
    # the position itself, in every column
    position = tf.cast(tf.range(length), tf.float32)
    return tf.tile(position[:, tf.newaxis] / base, (1, d_model))
