"""A warm template: one process a runtime that imports its framework once, never runs an answer, and forks workers.

It reads one request a connection from a SOCK_SEQPACKET socket: the limits, and two descriptors (the worker's end of
the wire, and where it prints). It shuts a worker in, hands it the wire, and watches it: memory, threads and scratch
space. The connection is the worker's life:
closing it kills the worker; when the worker ends by itself, one packet says how. When the process at the other end of
standard input is gone, the template and all its workers end too.

A *spare* worker, forked and shut in beforehand, waits for the next request, so that forking costs an answer nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import importlib
import os
import selectors
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgpack

from sandbox.base import SandboxError
from sandbox.gpu import Meter
from sandbox.limits import Limits
from sandbox.runner.adapters import Adapter, load_adapter
from sandbox.runner.serve import rehearse, serve
from sandbox.wall import Wall, limit_process, process_io, process_status

_WATCH_SECONDS = 0.025
_PR_SET_PDEATHSIG = 1
_MADV_COLLAPSE, _HUGE_PAGE = 25, 1 << 21
_MAX_REQUEST = 4096
_MAX_PIPE = 1 << 16
_CONTEXT_MB = 1024  # what the next spare's CUDA context may take of the GPU meanwhile
_REWRITES = 4  # times the scratch folder's limit that a worker may write in all: a file may have neither name nor owner

_libc = ctypes.CDLL(None)


@dataclass(eq=False)
class _Child:
    """A forked worker. `connection` is the client that it serves, None while it is a spare; `left` says that the client
    has left, so that it is about to end.
    """

    pid: int
    pidfd: int
    hand_off: socket.socket
    scratch: Path
    connection: socket.socket | None = None
    left: bool = False
    limits: Limits = field(default_factory=Limits)
    rss: int = 0
    written: int = 0
    gpu_mb: int = 0
    breach: str | None = None


class Template:
    """The event loop of one template process."""

    def __init__(
        self,
        listener: socket.socket,
        adapter: Adapter,
        wall: Wall | None,
        scratch: Path,
        spares: int,
        meter: Meter | None = None,
    ) -> None:
        self._listener, self._adapter, self._wall = listener, adapter, wall
        self._scratch, self._spares, self._meter = scratch, spares, meter
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, _Child] = {}
        self._next_watch = 0.0

    def run(self) -> None:
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(sys.stdin.fileno(), selectors.EVENT_READ, None)
        while True:
            working = any(child.connection for child in self._children.values())
            short = len([c for c in self._children.values() if not c.connection]) < self._spares
            events = self._selector.select(0 if short else _WATCH_SECONDS if working else None)
            for key, _ in events:
                if key.data is None:
                    return  # the owner is gone
                if (
                    self._selector.get_map().get(key.fd) == key
                ):  # else an earlier event of this round has unregistered it
                    key.data()
            if not events and short:
                self._fork()
            self._watch()

    def close(self) -> None:
        for child in list(self._children.values()):
            os.kill(child.pid, signal.SIGKILL)
            self._reap(child)
        if self._meter:
            self._meter.close()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._request(connection))

    def _request(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        data, fds, _, _ = socket.recv_fds(connection, _MAX_REQUEST, 2)
        if not data or len(fds) != 2:
            connection.close()
            for fd in fds:
                os.close(fd)
            return
        spare = next((c for c in self._children.values() if not c.connection), None) or self._fork()
        spare.connection, spare.limits = connection, Limits(**msgpack.unpackb(data))
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._hang_up(spare))
        try:
            # The spare is warm and waits: what it holds now is its own, all that it takes from here is the answer's.
            limit_process(spare.pid, spare.limits, cuda=bool(self._meter))
            spare.rss = process_status(spare.pid)["VmRSS"]
            spare.written = process_io(spare.pid)
            spare.gpu_mb = self._meter.used_mb() if self._meter else 0
            socket.send_fds(spare.hand_off, [b"go"], fds)
        except (OSError, SandboxError) as error:
            spare.breach = f"sandbox: {error}"
            os.kill(spare.pid, signal.SIGKILL)
        for fd in fds:
            os.close(fd)

    def _hang_up(self, child: _Child) -> None:
        assert child.connection is not None
        self._selector.unregister(child.connection)
        child.connection.close()
        child.left = True
        os.kill(child.pid, signal.SIGKILL)  # and `_ended` once it has ended: the next request need not wait for that

    def _watch(self) -> None:
        if time.monotonic() < self._next_watch:
            return
        self._next_watch = time.monotonic() + _WATCH_SECONDS
        for child in self._children.values():
            if child.connection and not child.left and not child.breach:
                child.breach = _breach(child) or self._gpu_breach(child)
                if child.breach:
                    os.kill(child.pid, signal.SIGKILL)

    def _gpu_breach(self, child: _Child) -> str | None:
        if not self._meter:
            return None
        try:
            most = child.gpu_mb + child.limits.gpu_memory_mb + _CONTEXT_MB
            return "gpu-memory" if self._meter.used_mb() > most else None
        except SandboxError as error:
            return f"sandbox: {error}"

    def _ended(self, child: _Child) -> None:
        words = _last_words(child.hand_off)
        if not child.connection:
            # A spare that ends has not shut itself in; another would not either.
            raise SystemExit(f"a worker could not start: {words or 'it ended without a word'}")
        if words:  # nor has this one: it had not been given an answer yet
            child.breach = f"sandbox: a worker could not start: {words}"
        status = self._reap(child)
        if child.left:
            return
        self._selector.unregister(child.connection)
        with contextlib.suppress(OSError):  # the client may have left first
            child.connection.send(msgpack.packb({"status": status, "breach": child.breach}))
        child.connection.close()

    def _reap(self, child: _Child) -> int:
        del self._children[child.pid]
        self._selector.unregister(child.pidfd)
        _, status = os.waitpid(child.pid, 0)
        os.close(child.pidfd)
        child.hand_off.close()
        remove_tree(child.scratch)
        return os.waitstatus_to_exitcode(status)

    def _fork(self) -> _Child:
        scratch = Path(tempfile.mkdtemp(dir=self._scratch))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            _become_worker(theirs, scratch, self._wall, self._adapter, on_gpu=bool(self._meter))
        theirs.close()
        child = _Child(pid, os.pidfd_open(pid), ours, scratch)
        self._children[pid] = child
        self._selector.register(child.pidfd, selectors.EVENT_READ, lambda: self._ended(child))
        return child


def _become_worker(hand_off: socket.socket, scratch: Path, wall: Wall | None, adapter: Adapter, on_gpu: bool) -> None:
    """The forked side: shut in, wait for an answer, serve it, end. Never returns."""
    status = 1
    try:
        os.setsid()
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")  # where memory runs out, the worker goes first
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(hand_off.detach(), 3)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        os.closerange(4, 1 << 20)
        os.chdir(scratch)
        os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
        _begin(adapter, wall, scratch, on_gpu)
        rehearse(adapter, scratch, gradients=on_gpu)
        inbox = socket.socket(fileno=3)
        go, fds, _, _ = socket.recv_fds(inbox, 16, 2)
        if go:
            inbox.close()
            wire, output = fds
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.close(output)
            serve(socket.socket(fileno=wire), adapter, scratch)
        status = 0
    except BaseException as error:  # nothing may escape into the template's own loop
        with contextlib.suppress(OSError):
            os.write(3, f"{type(error).__name__}: {error}".encode()[:1000])
    finally:
        os._exit(status)


def _begin(adapter: Adapter, wall: Wall | None, scratch: Path, on_gpu: bool) -> None:
    if wall:
        wall.shut_in(str(scratch))
    if on_gpu:
        adapter.use_gpu()  # CUDA's threads are inside the wall only if they start when it has closed


def _last_words(hand_off: socket.socket) -> str:
    """What a worker that has ended said of a failure to start."""
    hand_off.setblocking(False)
    with contextlib.suppress(OSError):
        try:
            return hand_off.recv(1000).decode(errors="replace")
        except ConnectionResetError:  # it has not read what it was handed; what it said is there all the same
            return hand_off.recv(1000).decode(errors="replace")
    return ""


def _breach(child: _Child) -> str | None:
    try:
        status = process_status(child.pid)
    except OSError:
        return None  # it has ended: its pidfd says so
    limits = child.limits
    if status.get("VmRSS", 0) > child.rss + (limits.memory_mb << 20) + (64 << 20):
        return "memory"
    if status.get("Threads", 0) > limits.threads:
        return "threads"
    size, files = _usage(child.scratch, limits.scratch_files)
    size += _held(child.pid)
    if process_io(child.pid) > child.written + (_REWRITES * limits.scratch_mb << 20):
        return "scratch"
    # One file of the full size is the file size limit's to refuse, inside, whatever files of its own lie there too.
    if size > (limits.scratch_mb + 4) << 20 or files > limits.scratch_files:
        return "scratch"
    return None


def _held(pid: int) -> int:
    """Size in bytes of the files without a name that the process has open."""
    sizes: dict[tuple[int, int], int] = {}
    with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                status = os.stat(entry.path)
                if stat.S_ISREG(status.st_mode) and not status.st_nlink:
                    sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())


def _usage(folder: Path, most: int) -> tuple[int, int]:
    """Size in bytes and number of the files below `folder`; stops counting past `most`. What cannot be read counts as
    too much.
    """
    size = files = 0
    stack = [str(folder)]
    while stack and files <= most:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    else:
                        with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                            size += entry.stat(follow_symlinks=False).st_blocks * 512
        except FileNotFoundError:
            continue
        except OSError:
            return size, most + 1
    return size, files


def remove_tree(folder: Path) -> None:
    """Remove a folder whatever an answer has done to it: unreadable folders, chains deeper than Python can follow."""
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        subprocess.run(["chmod", "-R", "u+rwX", "--", str(folder)], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", "--", str(folder)], check=False, capture_output=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listener", type=int, required=True, help="descriptor of the listening socket")
    parser.add_argument("--framework", required=True)
    parser.add_argument("--module", action="append", default=[], help="a further module to import beforehand")
    parser.add_argument("--scratch", type=Path, required=True, help="where the workers' scratch folders go")
    parser.add_argument("--hide", type=Path, action="append", default=[], help="a path that no worker may read")
    parser.add_argument("--spares", type=int, default=1, help="workers to keep ready")
    parser.add_argument("--no-wall", action="store_true", help="for debugging one's own code")
    parser.add_argument("--gpu", default="", metavar="UUID", help="the GPU on which the workers compute")
    parser.add_argument("--device-file", action="append", default=[], help="a file that is needed for that")
    parser.add_argument("--without", action="append", default=[], help="a layer of the wall that may be missing")
    options = parser.parse_args(arguments)

    adapter = load_adapter(options.framework, options.module)
    wall = None if options.no_wall else Wall.build(options.hide, options.without, options.device_file)
    if options.gpu:  # a backward pass looks for GPUs, and no fork of a process that has done so can use one
        _import_what_is_used(adapter, wall, options.scratch)
    else:
        rehearse(adapter, options.scratch, gradients=True)
        adapter.settle()
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)  # but settled
    _list_import_folders()
    gc.collect()
    gc.freeze()  # so that a worker's garbage collector does not copy the template's pages
    _use_huge_pages()
    listener = socket.socket(fileno=options.listener)
    meter = Meter(options.gpu) if options.gpu else None
    template = Template(listener, adapter, wall, options.scratch, options.spares, meter)
    print("ready", flush=True)
    try:
        template.run()
    finally:
        template.close()
    _leave(options.scratch)


def _import_what_is_used(adapter: Adapter, wall: Wall | None, scratch: Path) -> None:
    """Import here, once, what the framework imports at its first use: a child that is thrown away says what that is.

    It computes on the GPU. Raises SystemExit with its reason where it fails: so would every worker.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            known = set(sys.modules)
            _begin(adapter, wall, scratch, on_gpu=True)
            rehearse(adapter, scratch, gradients=True)
            os.write(writing, "\n".join(sorted(set(sys.modules) - known)).encode()[:_MAX_PIPE])
            status = 0
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode()[:_MAX_PIPE])
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading) as pipe:
        said = pipe.read()
    if os.waitpid(pid, 0)[1]:
        raise SystemExit(f"no worker could start: {said or 'it ended without a word'}")
    for name in said.split():
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _use_huge_pages() -> None:
    """Gather this process's memory into huge pages, as far as the kernel does: to fork it and to end a fork of it means
    to walk its page tables, which are then 512 times shorter (madvise(2), MADV_COLLAPSE).
    """
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, access, _, _, inode, *name = line.split()
        start, end = (int(address, 16) for address in addresses.split("-"))
        first, last = -(-start // _HUGE_PAGE) * _HUGE_PAGE, end // _HUGE_PAGE * _HUGE_PAGE
        if "w" in access and inode == "0" and name in ([], ["[heap]"]) and first < last:
            _libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), _MADV_COLLAPSE)


def _leave(scratch: Path) -> None:
    """Remove what this template has used; the last one of a sandbox removes its folder, should the owner be dead."""
    remove_tree(scratch)
    for suffix in (".sock", ".log"):
        scratch.with_name(scratch.name + suffix).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        scratch.parent.rmdir()


def _list_import_folders() -> None:
    """Let the import system list the folders of `sys.path` now: a worker may read the packages in them, but not list
    them.
    """
    for folder in list(sys.path):
        finder: Any = sys.path_importer_cache.get(folder)
        if finder is not None and hasattr(finder, "find_spec"):
            finder.find_spec("a_module_that_is_not_there")
