"""An exception of the answer's as plain data: type, message, and the candidate's own lines alone."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import Any

MAX_MESSAGE = 2000
MAX_FRAMES = 20

_DEVICE_ERRORS = ("AcceleratorError", "CudaError")
_DEVICE_SIGNS = ("CUDA error", "CUBLAS_STATUS_", "CUDNN_STATUS_", "CUFFT_", "cuDNN error")
_OUT_OF_GPU_MEMORY = "CUDA out of memory"
_OUT_OF_MEMORY = ("can't allocate memory", "bad_alloc", "OOM when allocating", "Unable to allocate")

# What TensorFlow and Keras write around an error's reason: the frames of code that was made a graph, the nodes of a
# graph that ran, the arguments of a layer.
_WRAPPINGS = [
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"in user code:\n\n(?:    File [^\n]*\n(?:        [^\n]*\n)*\s*)+    [\w.]+: (?P<reason>.*)",
        r"Graph execution error:\n\n.*\n(?:\n|<stack traces unavailable>\n)(?P<reason>.*?)\n\t \[\[",
        r"\d+ root error\(s\) found\.\n\s*\(0\) \w+:\s*(?P<reason>.*)",
        r"Exception encountered when calling [^\n]*\n\s*\x1b\[1m(?P<reason>.*)\x1b\[0m\s*Arguments received by ",
    )
]
_NAMED_FRAME = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')
_NODES = re.compile(r"\{\{function_node [^}]*\}\} | \[Op:\w+\](?: name: \w*)?")


def describe(error: BaseException, own: Path, kind: str = "answer") -> dict[str, Any]:
    """What the trusted side may know of `error`.

    `own` is the folder of the answer's files: frames outside it (the framework's, ours) are left out. `kind` says who
    raised it:
    ``"answer"``, ``"memory"``, ``"gpu-memory"``, ``"device"``, ``"signature"``, ``"missing"``, ``"gradient"`` or
    ``"wire"``.
    """
    message, named = _reason(_text(error))
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
        for frame in [*traceback.extract_tb(error.__traceback__), *named]
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
        "message": message[:MAX_MESSAGE],
        "frames": frames[-MAX_FRAMES:],
    }


def _name(filename: str, own: Path) -> str:
    return str(Path(filename).relative_to(own))


def _reason(message: str) -> tuple[str, list[traceback.FrameSummary]]:
    """`message` without what a framework has written around it, and the frames that it names there."""
    frames = []
    while found := next(filter(None, (wrapping.match(message) for wrapping in _WRAPPINGS)), None):
        for file, line, function in _NAMED_FRAME.findall(message[: found.start("reason")]):
            frames.append(traceback.FrameSummary(file, int(line), function, lookup_line=False))
        message = found["reason"]
    return _NODES.sub("", message), frames


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "an error that cannot be printed"
