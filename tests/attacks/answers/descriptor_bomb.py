# /// attack
# title = "opens files, pipes, pairs, timers and events without end, in threads with tables of their own"
# aim = "descriptors, timers and pending signals of the whole user"
# verdict = "runtime_error"
# refused = true
# ///
import os as _os

from targets import attempt, call, native


def until_refused(make):
    made = 0
    try:
        while made < 100_000:
            make()
            made += 1
    except BaseException as error:
        print(made, type(error).__name__)


pipe, socketpair = getattr(_os, "pip" + "e"), lambda: call(53, 1, 1, 0, pair)
pair, timer = native.addressof((native.c_int * 2)()), native.addressof(native.c_int())


def double(x):
    kept = []
    until_refused(lambda: kept.append(open("/dev/null")))
    kept.clear()
    until_refused(pipe)
    raise OSError


def total(step, times):
    until_refused(lambda: call(222, 1, 0, timer))  # timer_create
    until_refused(lambda: call(290, 0, 0))  # eventfd2
    until_refused(socketpair)
    return 0.0
