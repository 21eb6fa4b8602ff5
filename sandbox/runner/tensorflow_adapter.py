"""TensorFlow and Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

from sandbox.runner.adapters import Array, GradientError, seed_standard_generators


def _compute_on_one_thread() -> None:
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)


_compute_on_one_thread()


class TensorflowAdapter:
    name = "tensorflow"
    rehearsal = b"import tensorflow as tf\n\ndef rehearse(x):\n    return tf.nn.softmax(tf.Variable(x) @ x)\n"

    def settle(self) -> None:
        _train_a_little()
        keras.backend.clear_session()
        # A fork has none of the old context's threads, which stay behind; the new one will make its own.
        context._reset_context()
        _compute_on_one_thread()

    def use_gpu(self) -> None:
        raise RuntimeError("TensorFlow computes on the CPU here")

    def seed(self, seed: int) -> None:
        seed_standard_generators(seed)
        tf.random.set_seed(seed)
        keras.utils.set_random_seed(seed)

    def native(self, array: Array) -> Any:
        return tf.constant(array)

    def is_model(self, thing: Any) -> bool:
        return isinstance(thing, keras.Layer)

    def call_model(self, model: Any, training: bool, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return model(*args, training=training, **kwargs) if self.is_model(model) else model(*args, **kwargs)

    def parameters(self, model: Any) -> dict[str, tuple[Any, bool]]:
        trainable = {id(v) for v in model.trainable_variables}
        found: dict[str, tuple[Any, bool]] = {}
        for variable in model.variables:
            name = variable.path
            while name in found:  # two unnamed layers of a list may share a path
                name += "'"
            found[name] = (variable, id(variable) in trainable)
        return found

    def set_parameter(self, model: Any, name: str, value: Array) -> None:
        variable, _ = self.parameters(model)[name]
        if tuple(variable.shape) != value.shape:
            raise ValueError(f"{name} has shape {tuple(variable.shape)}, not {value.shape}")
        variable.assign(value)

    def gradients(self, function: Callable[[list[Any]], Any], inputs: Sequence[Array], cotangent: Array) -> list[Any]:
        tensors = [tf.constant(x) for x in inputs]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            output = function(tensors)
        if not isinstance(output, tf.Tensor):
            raise GradientError(f"the output is a {type(output).__name__}, not a tf tensor")
        if tuple(output.shape) != cotangent.shape:
            raise GradientError(f"the output has shape {tuple(output.shape)}, not {cotangent.shape}")
        found = tape.gradient(output, tensors, output_gradients=tf.cast(tf.constant(cotangent), output.dtype))
        if all(g is None for g in found):
            raise GradientError("no gradient flows from the output to the inputs")
        return [
            np.zeros(x.shape, x.dtype) if g is None else tf.convert_to_tensor(g)
            for x, g in zip(inputs, found, strict=True)
        ]


def _train_a_little() -> None:
    """One step eagerly, one in a graph: TensorFlow and Keras import, register and build much at their first use."""
    x = tf.random.normal((2, 4))
    model = keras.Sequential([keras.layers.Dense(3), keras.layers.LayerNormalization()])
    model(x)
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)

    def step() -> None:
        with tf.GradientTape() as tape:
            scores = tf.einsum("nc,mc->nm", model(x), model(x[::-1]))
            loss = tf.reduce_mean(tf.where(scores > 0, tf.nn.softmax(scores), 0.0) @ x)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    step()
    tf.function(step)()


ADAPTER = TensorflowAdapter()
