"""An exception of the answer's as plain data: type, message, and the candidate's own lines alone."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

MAX_MESSAGE = 2000
MAX_FRAMES = 20

_DEVICE_ERRORS = ("AcceleratorError", "CudaError")
_DEVICE_SIGNS = ("CUDA error", "CUBLAS_STATUS_", "CUDNN_STATUS_", "CUFFT_", "cuDNN error")
_OUT_OF_GPU_MEMORY = "CUDA out of memory"
_OUT_OF_MEMORY = ("can't allocate memory", "bad_alloc", "OOM when allocating", "Unable to allocate")


def describe(error: BaseException, own: Path, kind: str = "answer") -> dict[str, Any]:
    """What the trusted side may know of `error`.

    `own` is the folder of the answer's files: frames outside it (the framework's, ours) are left out. `kind` says who
    raised it:
    ``"answer"``, ``"memory"``, ``"gpu-memory"``, ``"device"``, ``"signature"``, ``"missing"``, ``"gradient"`` or
    ``"wire"``.
    """
    message = _text(error)
    if isinstance(error, MemoryError) or any(sign in message for sign in _OUT_OF_MEMORY):
        kind = "memory"
    elif _OUT_OF_GPU_MEMORY in message:
        kind = "gpu-memory"
    elif type(error).__name__ in _DEVICE_ERRORS or any(sign in message for sign in _DEVICE_SIGNS):
        kind = "device"
    frames = [
        {
            "file": _name(frame.filename, own),
            "line": frame.lineno or 0,
            "function": frame.name[:200],
            "text": (frame.line or "")[:300],
        }
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(own)
    ]
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(own):
        message = error.msg
        text = (error.text or "").strip()[:300]
        frames.append({"file": _name(error.filename, own), "line": error.lineno or 0, "function": "", "text": text})
    return {
        "kind": kind,
        "type": type(error).__name__[:200],
        "types": [t.__name__[:200] for t in type(error).__mro__[:20]],
        "message": message,
        "frames": frames[-MAX_FRAMES:],
    }


def _name(filename: str, own: Path) -> str:
    return str(Path(filename).relative_to(own))


def _text(error: BaseException) -> str:
    try:
        return str(error)[:MAX_MESSAGE]
    except Exception:
        return "an error that cannot be printed"
