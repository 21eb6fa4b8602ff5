"""Inside a container: the template and its workers, as they are outside, reached over the container's standard streams.

Both ways go msgpack arrays ``[worker, kind, payload]``, where `worker` is a number that the trusted side chose:

    in:   open (limits)   wire (bytes)   close
    out:  ready (layers)  failed (a sentence), missing (layers and why), for worker 0
          wire (bytes)   print (bytes)   end (how it ended)

Nothing of the trusted side's rests on this process: it shares the container with the answer.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import select
import socket
import sys
import threading
import time
from typing import Any

import msgpack

from sandbox.base import Runtime, SandboxError
from sandbox.limits import Limits
from sandbox.local import LocalChannel, LocalSandbox
from sandbox.wall import missing_layers

_FOREVER = 1e6
_LAST_WORDS_SECONDS = 5.0
_CHUNK = 1 << 20

_speaking = threading.Lock()


def say(worker: int, kind: str, payload: Any) -> None:
    """Send one message. It waits until the other side takes it: what a worker says is never kept here."""
    with _speaking:
        sys.stdout.buffer.write(msgpack.packb([worker, kind, payload]))
        sys.stdout.buffer.flush()


class _Worker:
    """One worker, and the two threads that carry its bytes."""

    def __init__(self, number: int, channel: LocalChannel) -> None:
        self._number, self._channel = number, channel
        self._inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        channel.printed = lambda chunk: say(number, "print", chunk)
        for work in (self._feed, self._listen):
            threading.Thread(target=work, daemon=True).start()

    def give(self, data: bytes) -> None:
        self._inbox.put(data)

    def close(self) -> None:
        """Kill the worker; its threads end, and the second one closes the sockets."""
        for sock in (self._channel.connection, self._channel.wire, self._channel.prints):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._inbox.put(b"")

    def _feed(self) -> None:
        wire = self._channel.wire
        with contextlib.suppress(OSError, ValueError):  # it has ended: the other thread says so
            while data := memoryview(self._inbox.get()):
                while data:
                    select.select([], [wire], [])
                    data = data[wire.send(data) :]

    def _listen(self) -> None:
        channel = self._channel
        with contextlib.suppress(EOFError):
            while True:
                chunk = channel.read(time.monotonic() + _FOREVER)
                channel.drain()  # what was printed before it was sent, goes before it
                say(self._number, "wire", chunk)
        channel.drain()
        try:
            end = dict(channel.end(time.monotonic() + _LAST_WORDS_SECONDS))
        except TimeoutError:
            end = {"status": 0, "breach": "lives"}
        except SandboxError as error:
            end = {"status": 1, "breach": f"sandbox: {error}"}
        say(self._number, "end", end)
        self._inbox.put(b"")
        channel.close()


def serve(sandbox: LocalSandbox, runtime: Runtime) -> None:
    """Serve until the other side closes the stream. Raises SandboxError where no worker can be had."""
    workers: dict[int, _Worker] = {}
    unpacker = msgpack.Unpacker()
    while data := os.read(sys.stdin.fileno(), _CHUNK):
        unpacker.feed(data)
        for number, kind, payload in unpacker:
            match kind:
                case "open":
                    workers[number] = _Worker(number, sandbox.channel(runtime, Limits(**payload)))
                case "wire":
                    workers[number].give(payload)
                case "close":
                    workers.pop(number).close()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("framework", nargs="?")
    parser.add_argument("--probe", action="store_true", help="only say which layers of the wall are missing")
    parser.add_argument("--module", action="append", default=[], help="a further module to import beforehand")
    parser.add_argument("--gpu", default="", metavar="UUID", help="the GPU on which the workers compute")
    parser.add_argument("--without", action="append", default=[], help="a layer of the wall that may be missing")
    options = parser.parse_args(arguments)
    if options.probe:
        say(0, "missing", missing_layers())
        return
    runtime = Runtime(options.framework, tuple(options.module), options.gpu)
    try:
        with LocalSandbox(without=options.without) as sandbox:
            sandbox.start([runtime])
            say(0, "ready", list(sandbox.layers))
            serve(sandbox, runtime)
    except SandboxError as error:
        say(0, "failed", str(error))
    os._exit(0)  # the threads that still listen are not waited for


if __name__ == "__main__":
    main()
