# /// attack
# title = "closes the wire in every call and lives on"
# aim = "to hold the grader up while it waits for the worker's end"
# checked = "no case takes longer than its own limit"
# refused = true
# ///
import os as _os
import time

close_all = getattr(_os, "closerange")


def double(x):
    close_all(3, 64)
    time.sleep(60)


total = spell = Counter = lambda *args: double(0)
