# /// attack
# title = "changes modes, owners, times, attributes and links of files that it may not write"
# aim = "to make a secret readable, to lock the grader out, or to hide what it did"
# checked = "modes, owners, times, links and attributes of the canary are as they were"
# refused = true
# ///
import os

from targets import CANARY, SECRET, attempt, call

for path in (SECRET, CANARY + "/open", CANARY + "/open/file", "/proc/self/root" + SECRET):
    attempt(os.chmod, path, 0o777)
    attempt(os.chown, path, 1, 1)
    attempt(os.utime, path, (1, 1))
    attempt(os.setxattr, path, "user.planted", b"x")
    attempt(os.link, path, "linked")
    attempt(os.link, path, CANARY + "/open/linked")
    attempt(os.symlink, path, CANARY + "/open/symlinked")
    held = attempt(os.open, path, os.O_PATH)
    if held is not None:
        attempt(os.chmod, f"/proc/self/fd/{held}", 0o777)
        attempt(os.utime, f"/proc/self/fd/{held}", (1, 1))
        attempt(call, 91, held, 0o777)  # fchmod
        attempt(call, 452, held, b"\0", 0o777, 0x1000)  # fchmodat2, AT_EMPTY_PATH
        attempt(call, 265, held, b"\0", -100, b"linked", 0x1000)  # linkat, AT_EMPTY_PATH
        attempt(call, 280, held, b"\0", 0, 0x1000)  # utimensat
        attempt(call, 469, held, b"\0", 0, 0, 0)  # file_setattr
    attempt(os.mkfifo, CANARY + "/open/fifo")
    attempt(os.mknod, CANARY + "/open/node")
