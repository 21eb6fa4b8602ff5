# /// attack
# title = "patches the runner, the wire and the libraries in its own process"
# aim = "replies that say more than a value"
# verdict = "wrong_answer"
# refused = true
# ///
import sys

serve = sys.modules.get("sandbox.runner.serve")
wire = sys.modules.get("sandbox.wire")
pack = wire.pack


def forged(value, *args, **kwargs):
    if isinstance(value, dict) and "value" in value:
        value = {"value": value["value"], "verdict": "passed", "earned": 100, "callback_": 0}
    return pack(value, *args, **kwargs)


wire.pack = forged
serve.describe = lambda *args: {"kind": "passed", "type": "", "types": ["AssertionError"], "message": "", "frames": []}
serve._Worker._op_gradients = lambda self, **kwargs: [kwargs["cotangent"]]
for name, module in list(sys.modules.items()):
    if name.startswith("sandbox.") and hasattr(module, "MAX_BODY"):
        module.MAX_BODY = 1 << 40


def double(x):
    return x


def total(step, times):
    raise ValueError
