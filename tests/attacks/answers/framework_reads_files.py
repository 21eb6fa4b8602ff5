# /// attack
# title = "lets torch read, write and unpickle files outside"
# aim = "native code that opens files past Python"
# source = "CVE-2025-32434"
# framework = "torch"
# refused = true
# ///
import io
import pickle

import numpy as np
import torch

from targets import CANARY, SECRET, attempt, read


class Payload:
    def __reduce__(self):
        return read, (SECRET,)


attempt(torch.from_file, SECRET, False, 24, dtype=torch.uint8)
attempt(torch.UntypedStorage.from_file, SECRET, True, 24)
attempt(torch.UntypedStorage.from_file, CANARY + "/open/file", True, 4096)
attempt(torch.save, {"x": 1}, CANARY + "/open/saved")
attempt(torch.load, SECRET, weights_only=False)
attempt(pickle.loads, pickle.dumps(Payload()))
attempt(torch.load, io.BytesIO(pickle.dumps(Payload())), weights_only=False)
attempt(torch.jit.load, SECRET)
attempt(torch.ops.load_library, SECRET)


class Model(torch.nn.Module):
    def __reduce__(self):
        return read, (SECRET,)


def double(x):
    return Model()
