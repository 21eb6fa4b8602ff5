# /// attack
# title = "starts processes by every call there is, and programs from files and from memory"
# aim = "a process that outlives the worker, or that is not limited"
# checked = "the canary's program has not run, and no process is left"
# refused = true
# ///
import ctypes
import os
import sys

from targets import CANARY, attempt, call

PROGRAM = CANARY + "/program"


def child(fork):
    def forked():
        if fork() == 0:
            open(CANARY + "/open/forked", "w")
            os._exit(0)

    return forked


for fork in (os.fork, os.forkpty, lambda: call(57), lambda: call(58), lambda: call(56, 17, 0, 0, 0, 0)):
    attempt(child(fork))
attempt(os.posix_spawn, PROGRAM, [PROGRAM], {})
attempt(os.system, PROGRAM)
attempt(os.execv, PROGRAM, [PROGRAM])
attempt(os.execve, os.open("/bin/sh", os.O_PATH), ["sh", PROGRAM], {})
attempt(os.popen, PROGRAM)
arguments = (ctypes.c_uint64 * 11)(0x100, *[0] * 10)
attempt(call, 435, ctypes.addressof(arguments), 88)  # clone3, CLONE_VM
attempt(call, 322, -1, b"/bin/true", 0, 0, 0)  # execveat
memory = attempt(call, 319, b"x", 0)  # memfd_create
if memory is not None:
    attempt(os.write, memory, open(sys.executable, "rb").read(1 << 20))
    attempt(os.execv, f"/proc/self/fd/{memory}", ["x"])
attempt(call, 59, b"/bin/true", 0, 0)
attempt(call, 447, 0, 0)  # memfd_secret
for flags in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x02000000):  # namespaces
    attempt(call, 56, 0x10000 | 0x100 | 0x800 | flags, 0, 0, 0, 0)
    attempt(call, 272, flags)  # unshare
attempt(call, 435, 0, 0)
for number in (101, 109, 112, 135, 155, 161, 165, 166, 167, 169, 175, 304, 308, 310, 313, 317, 321, 323, 425, 428, 432):
    attempt(call, number, 0, 0, 0, 0, 0)  # ptrace setpgid setsid personality pivot_root chroot mount … io_uring
for kind in ("ProcessPoolExecutor",):
    attempt(lambda: getattr(__import__("concurrent.futures").futures, kind)().submit(print).result(1))
