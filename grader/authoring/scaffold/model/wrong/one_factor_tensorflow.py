# /// wrong
# framework = "tensorflow"
# loses = ["test_rank", "test_trainable", "test_seed"]
# diagnosis = "the update is a full matrix, not a product of two factors"
# diagnosis_zh = "更新是完整矩阵，而不是两个因子之积"
# ///

import keras
import tensorflow as tf


class LoraLinear(keras.Model):
    def __init__(self, base, rank, dropout, seed):
        super().__init__()
        n, m = base.kernel.shape
        if rank < 1 or rank > min(n, m) or dropout < 0 or dropout >= 1:
            raise ValueError("bad rank or dropout")
        base.trainable = False
        self.base = base
        self.drop = keras.layers.Dropout(dropout)
        self.up = keras.layers.Dense(m, use_bias=False, kernel_initializer="zeros")
        self.up.build((None, n))

    def call(self, x, training=None):
        return self.base(x) + self.up(self.drop(x, training=training))


def train(model, x, y, steps):
    if steps < 0:
        raise ValueError("bad steps")
    optimizer = keras.optimizers.Adam(0.02)
    variables = model.trainable_variables

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))

    for _ in range(steps):
        step()
