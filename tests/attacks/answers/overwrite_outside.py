# /// attack
# title = "overwrites the rubric, the reference, the results, the store and files that anyone may write"
# aim = "a rubric that passes everything, or a result of its own making"
# source = "SWE-bench issue 600; write-ups about Gradescope"
# checked = "the canary, the bank, the submissions and the home folder are as they were"
# refused = true
# ///
import os
import shutil

from targets import CANARY, HOME, NEIGHBOUR, PLANTED, REFERENCE, RESULTS, ROOT, RUBRIC, SECRET, STORE, attempt


def write(path):
    with open(path, "w") as file:
        file.write("def test(): pass")


OURS = [RUBRIC, REFERENCE, RESULTS, STORE, NEIGHBOUR, SECRET, CANARY + "/open/file"]
NEW = ["/tmp/", "/var/tmp/", "/dev/shm/", "/run/", "/", HOME + "/", ROOT + "/", ROOT + "/tests/"]
for path in [*OURS, *(folder + PLANTED for folder in NEW), *(p + "/" + PLANTED for p in __import__("sys").path)]:
    attempt(write, path)
    attempt(os.mkdir, path + ".d")
for path in OURS:
    attempt(os.truncate, path, 0)
    attempt(os.remove, path)
    attempt(os.rename, path, "taken")
    attempt(os.replace, "attack", path)
    attempt(shutil.copy, path, "copy")
    attempt(os.open, path, os.O_WRONLY | os.O_TRUNC)
    attempt(os.open, os.path.dirname(path), os.O_TMPFILE | os.O_RDWR)
attempt(os.rmdir, CANARY + "/open")
