# /// attack
# title = "sends replies ahead of the requests that they answer, and eats the requests"
# aim = "one computed result that passes for many cases, or for the next answer's"
# honest = ["test_double", "test_input", "test_again"]
# checked = "each worker has a wire of its own, so that nothing is left for another's"
# refused = true
# ///
import numpy as np

from wire_helper import channel

packed = __import__("sys").modules["sandbox.wi" + "re"].pack


def double(x):
    if x.shape[0] == 1:
        ahead = packed({"value": np.zeros((3, 4), np.float32)})
        for _ in range(20):
            channel().sendall(ahead)
    return x + x


def total(step, times):
    for _ in range(20):
        channel().sendall(packed({"value": 0.0}))
    return step(0)
