# /// attack
# title = "leaves names that are no text, chains, locked folders, and links where they can be made"
# aim = "a clean-up that follows a link, fails, or takes for ever"
# checked = "the canary is as it was and no scratch folder is left"
# ///
import os

from targets import CANARY, HOME, attempt


def double(x):
    for name in (b"\xff\xfe", b"-rf", b"--", b"a\nb", b"*", b"$(reboot)", b"x" * 255, b" ", b"\x1b[2J"):
        attempt(os.mkdir, name)
    for source in (CANARY, HOME, "/"):
        for make in (os.symlink, os.link):
            attempt(make, source, f"link-{len(source)}")
    for _ in range(40):
        os.mkdir("c" * 200)
        os.chdir("c" * 200)
    os.mkdir("locked", 0)
    os.umask(0o777)
    attempt(os.mkdir, "shut")
    attempt(os.rename, "locked", CANARY + "/open/locked")
    attempt(os.rmdir, os.path.dirname(os.environ["TMPDIR"]))
    return x
