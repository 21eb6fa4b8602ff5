"""Low-rank adaptation: Hu et al., 2021 (arXiv:2106.09685), section 4.1."""

import keras
import tensorflow as tf


class LoraLinear(keras.layers.Layer):
    """base(x) + dropout(x) @ a @ b, with a [in, rank] and b [rank, out]. `base` is frozen."""

    def __init__(self, base: keras.layers.Dense, rank: int, dropout: float, seed: int) -> None:
        super().__init__()
        inputs, outputs = base.kernel.shape
        if not 1 <= rank <= min(inputs, outputs) or not 0 <= dropout < 1:
            raise ValueError("expected a rank from 1 to the smaller side of the weight, and a dropout in [0, 1)")
        self.base = base
        self.base.trainable = False
        self.dropout = keras.layers.Dropout(dropout)
        self.a = self.add_weight(shape=(inputs, rank), initializer=keras.initializers.GlorotNormal(seed))
        self.b = self.add_weight(shape=(rank, outputs), initializer="zeros")

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        return self.base(x) + self.dropout(x, training=training) @ self.a @ self.b


def train(model: LoraLinear, x: tf.Tensor, y: tf.Tensor, steps: int) -> None:
    """`steps` steps of Adam on mean((model(x) - y)^2) with respect to a and b, in place. x [N, in], y [N, out]."""
    if steps < 0:
        raise ValueError("steps must not be negative")
    optimizer = keras.optimizers.Adam(0.03)
    weights = model.trainable_variables
    optimizer.build(weights)

    @tf.function
    def step() -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        optimizer.apply(tape.gradient(loss, weights), weights)

    for _ in range(steps):
        step()
