# /// attack
# title = "sets traces, profiles, audit hooks, import hooks, display hooks and warnings filters"
# aim = "code that runs when the grader's code does"
# refused = true
# ///
import builtins
import gc
import sys
import threading
import warnings
import faulthandler

from targets import CANARY, attempt


def hook(*args, **kwargs):
    attempt(open, CANARY + "/open/hooked", "w")
    return hook


class Finder:
    find_spec = find_module = staticmethod(hook)


sys.setprofile(hook)
threading.settrace(hook)
sys.addaudithook(lambda *args: None)
sys.meta_path.insert(0, Finder)
sys.path_hooks.insert(0, hook)
sys.excepthook = sys.unraisablehook = sys.displayhook = threading.excepthook = hook
sys.setswitchinterval(100)
sys.set_int_max_str_digits(0)
gc.callbacks.append(hook)
warnings.showwarning = hook
faulthandler.enable(all_threads=True)
builtins.__import__ = builtins.print = hook
sys.stdout = sys.stderr = sys.__stdout__ = hook


def double(x):
    return x
