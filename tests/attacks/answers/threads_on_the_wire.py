# /// attack
# title = "writes whole and half replies from many threads at once, before, during and after the call"
# aim = "a trusted side that loses its place in the stream"
# refused = true
# ///
import threading

import numpy as np

from wire_helper import channel

packed = __import__("sys").modules["sandbox.wi" + "re"].pack


def double(x):
    frames = [packed({"value": np.zeros_like(x)}), packed({"value": x})[:-3], packed({"error": {}}), packed([1]), packed({})]
    wire = channel()

    def write(frame):
        while True:
            try:
                wire.sendall(frame)
            except OSError:
                return

    for frame in frames:
        threading.Thread(target=write, args=(frame,), daemon=True).start()
    return x


spell = lambda numbers: double(np.zeros(3, np.float32))
