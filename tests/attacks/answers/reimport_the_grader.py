# /// attack
# title = "imports the grader, the rubric and the reference by name, by path and by the finders it inherits"
# aim = "the reference's code, or the rubric's, in its own process"
# source = "the imported reference that pytest and otter-grader grade with full marks"
# refused = true
# ///
import importlib.util
import os
import sys

from targets import REFERENCE, ROOT, RUBRIC, attempt


def by_path(path):
    spec = importlib.util.spec_from_file_location("planted", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_name(name):
    return __import__(name, fromlist=["x"])


def by_loader(path):
    return type(sys.__spec__.loader) if False else sys.modules[__name__].__spec__.loader.get_data(path)


sys.path += [ROOT, os.path.dirname(REFERENCE), os.path.dirname(RUBRIC), "/proc/self/root" + os.path.dirname(REFERENCE)]
sys.path_importer_cache.clear()
importlib.invalidate_caches()
for name in ("grader", "grader.rubric", "cli", "rubrics", "reference", "numpy_answer", "rubric", "sandbox.local", "tests.attacks.targets"):
    attempt(by_name, name)
for path in (REFERENCE, RUBRIC, ROOT + "/grader/proxy.py", ROOT + "/sandbox/local.py"):
    attempt(by_path, path)
    attempt(by_loader, path)
for finder in sys.meta_path:
    attempt(finder.find_spec, "numpy_answer", [os.path.dirname(REFERENCE)])
reference = sys.modules.get("numpy_answer")
double = getattr(reference, "double", None) or (lambda x: x)
