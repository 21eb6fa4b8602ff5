"""What the attackers aim at: files, processes, sockets and secrets that each attack gets for itself, and that the
trusted side looks at afterwards. The strongest attacker knows where everything is, so each answer is told, in a module
``targets`` beside it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import select
import socket
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.attacks.catalogue import Attack

ROOT = Path(__file__).resolve().parent.parent.parent
BANK = Path(__file__).parent / "bank"
MARKERS = ("MARKER-OF-THE-RUBRIC", "MARKER-OF-THE-REFERENCE")
LEAK = "LEAKED-31337"
"""What an attack writes in the place of a hidden input, wherever a candidate might read it."""

_WIRE = b'''import struct
import sys

import msgpack


def served():
    """The runner's own object in this worker."""
    return next(o for o in getattr(sys.modules["cg"[::-1]], "get_objects")() if type(o).__name__ == "_Worker")


def channel():
    """The wire of this worker."""
    return served()._channel


def send(data):
    channel().sendall(data)


def say(message, body=0):
    """Send a frame, with a body of zeros."""
    head = msgpack.packb(message)
    wire = channel()
    wire.sendall(struct.pack(">II", len(head), body) + head)
    while body:
        body -= wire.send(bytes(min(body, 1 << 18)))


def reply(message, body=0):
    """A frame in place of the runner's own; go on to serve the next request."""
    say(message, body)
    runner = served()
    while True:
        runner.reply(runner.receive())


def ask(message):
    """A frame that is answered, and the answer."""
    say(message)
    return served().receive()
'''
_HELP = '''

LEAK = "LEAKED-" + str(31337)


def attempt(what, *arguments, **keywords):
    """Try something, and print what it gave, if it gave anything."""
    try:
        result = what(*arguments, **keywords)
    except BaseException:
        return None
    print(getattr(what, "__name__", "it"), *(repr(a)[:60] for a in arguments), "gave", repr(result)[:300])
    return result


def read(path):
    with open(path, "rb") as file:
        return file.read(1000)


native = __import__("sys").modules["sepytc"[::-1]]  # so written, the policy passes over it
library = native.CDLL(None, use_errno=True)
library.syscall.restype = native.c_long


def call(number, *arguments):
    """A raw system call; raises OSError."""
    result = library.syscall(native.c_long(number), *(native.c_long(a) if isinstance(a, int) else a for a in arguments))
    if result < 0:
        raise OSError(native.get_errno(), "refused")
    return result
'''


@dataclass
class Target:
    """What one attack may aim at."""

    attack: Attack
    folder: Path
    secret: str = field(default_factory=lambda: secrets.token_hex(12))
    _mark: str = field(default_factory=lambda: secrets.token_hex(12))
    _sockets: dict[str, socket.socket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "open").mkdir(parents=True)
        (self.folder / "open").chmod(0o777)
        for name in ("secret", "open/file"):
            (self.folder / name).write_text(self.secret)
            (self.folder / name).chmod(0o666)
        (self.folder / "program").write_text(f"#!/bin/sh\necho ran > {self.folder}/open/ran\n")
        (self.folder / "program").chmod(0o755)
        if self.attack.mentions("PORT"):
            self._listen("tcp", socket.AF_INET, ("127.0.0.1", 0))
        if self.attack.mentions("UNIX"):
            self._listen("unix", socket.AF_UNIX, str(self.folder / "socket"))
        if self.attack.mentions("ABSTRACT"):
            self._listen("abstract", socket.AF_UNIX, f"\0{self.planted}")
        self._before = self._contents()
        self._state = self._victim_state() if self.attack.mentions("VICTIM") else ()

    def files(self, constants: dict[str, object]) -> dict[str, bytes]:
        """What lies beside the answer: ``targets``, and ``wire_helper`` where it speaks the wire itself."""
        own: dict[str, object] = {
            "CANARY": str(self.folder),
            "SECRET": str(self.folder / "secret"),
            "PLANTED": self.planted,
            "KEY": int(self._mark[:7], 16),
        }
        if "tcp" in self._sockets:
            own["PORT"] = self._sockets["tcp"].getsockname()[1]
        if "unix" in self._sockets:
            own["UNIX"] = str(self.folder / "socket")
        if "abstract" in self._sockets:
            own["ABSTRACT"] = self.planted
        if self.attack.mentions("VICTIM"):
            own["VICTIM"] = self.victim.pid
        source = "".join(f"{name} = {value!r}\n" for name, value in (constants | own).items()) + _HELP
        helper = {"wire_helper.py": _WIRE} if self.attack.mentions("wire_helper") else {}
        return {"targets.py": source.encode(), **helper}

    @property
    def planted(self) -> str:
        """The name that everything which the attack leaves outside would have."""
        return f"planted_{self._mark}"

    @cached_property
    def victim(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["sleep", "900"], env={"TOKEN": self.secret}, start_new_session=True)

    def close(self) -> None:
        for opened in self._sockets.values():
            opened.close()
        if "victim" in self.__dict__:
            self.victim.kill()
            self.victim.wait()

    def harm(self) -> Iterator[str]:
        """What has been done to it, a clause each."""
        after = self._contents()
        for path in sorted(self._before.keys() | after.keys()):
            if self._before.get(path) != after.get(path):
                yield f"changed {path} outside"
        for name, opened in self._sockets.items():
            if select.select([opened], [], [], 0)[0]:
                yield f"reached the {name} socket of the host"
        if self._state and self._victim_state() != self._state:
            yield "touched another process"
        for folder in (*_WRITABLE, ROOT, Path.cwd(), Path(sysconfig.get_path("purelib"))):
            with contextlib.suppress(OSError):
                if found := [name for name in os.listdir(folder) if self.planted in name]:
                    yield f"left {found[0]} in {folder}"
        for kind in ("shm", "sem", "msg"):
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]
                if any(line.split()[0] == str(int(self._mark[:7], 16)) for line in lines):
                    yield f"left a System V {kind} object"
        if ctypes.CDLL(None).mq_open(f"/{self.planted}".encode(), os.O_RDONLY) >= 0:
            yield "left a message queue"

    def _listen(self, name: str, family: int, address: object) -> None:
        opened = socket.socket(family)
        opened.bind(address)  # type: ignore[arg-type]
        opened.listen()
        self._sockets[name] = opened

    def _contents(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for path in (self.folder, *sorted(self.folder.rglob("*"))):
            status = path.lstat()
            facts = (status.st_mode, status.st_uid, status.st_nlink, status.st_mtime_ns, status.st_size)
            found[str(path.relative_to(self.folder))] = (
                facts,
                path.read_bytes() if path.is_file() else b"",
                tuple(os.listxattr(path)),
            )
        return found

    def _victim_state(self) -> tuple[object, ...]:
        folder = Path(f"/proc/{self.victim.pid}")
        status = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines() if ":\t" in line)
        facts = [status.get(key, "") for key in ("State", "TracerPid", "SigPnd", "ShdPnd", "Cpus_allowed", "VmLck")]
        facts[0] = "alive" if facts[0][:1] in "RSD" else facts[0]
        return (*facts, (folder / "limits").read_text(), os.getpriority(os.PRIO_PROCESS, self.victim.pid))


_WRITABLE = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path.home(), Path("/"), Path("/run"))
