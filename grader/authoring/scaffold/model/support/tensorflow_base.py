"""What an answer is given in the flesh. It is sent into the answer's process, so it holds nothing that is secret."""

import keras


def build(weight, bias):
    """keras.layers.Dense: x -> x @ weight + bias, with weight [in, out] and bias [out]."""
    layer = keras.layers.Dense(len(bias))
    layer.build((None, len(weight)))
    layer.set_weights([weight, bias])
    return layer
