"""Shutting a process in: Landlock, seccomp, capabilities and resource limits, by the kernel's own means.

`Wall.build` runs once in a warm template; `Wall.shut_in` runs in every forked worker before it reads one byte of an
answer, and cannot be undone. No root is needed; where there is root, its capabilities go too.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import site
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.base import SandboxUnavailable
from sandbox.limits import Limits

LAYERS = ("landlock", "seccomp", "rlimits", "no-new-privileges", "no-capabilities")

# Reserved address space is cheap until it is touched; the page tables that touching costs are not.
_ADDRESS_SPACE = 16 << 30

_SIGNALS = 256  # queued, and timers: all processes of a user share their number
_CLONE_THREAD = 0x00010000
_MAP_TYPE, _MAP_PRIVATE, _MAP_ANONYMOUS = 0x0F, 0x02, 0x20
_PR_SET_DUMPABLE, _PR_SET_NAME, _PR_GET_NAME, _PR_CAPBSET_DROP, _PR_SET_VMA = 4, 15, 16, 24, 0x53564D41
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _PR_SET_NO_NEW_PRIVS = 22, 2, 38
_FCNTLS = (0, 1, 2, 3, 4, 1030)  # F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_DUPFD_CLOEXEC
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX

# All that numpy, torch and TensorFlow need to compute. Everything else is refused: processes, sockets, other
# processes' memory, signals that carry data, shared memory, namespaces, mounts, keys, tracing, io_uring, and whatever
# a later kernel adds; and what Landlock does not cover on files of the same user: chmod, chown, utime, extended
# attributes, leases and locks.
_ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range dup dup2 dup3
    open openat openat2 creat stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat
    getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 truncate
    ftruncate fallocate fsync fdatasync umask statfs fstatfs sendfile copy_file_range fadvise64 munmap mremap mprotect
    madvise brk msync membarrier get_mempolicy futex futex_waitv set_robust_list get_robust_list rseq set_tid_address
    exit exit_group sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max
    sched_get_priority_min getcpu clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times
    getrusage getrlimit sysinfo uname getpriority getpid gettid getppid getuid geteuid getgid getegid getgroups
    getpgrp getpgid getsid getresuid getresgid capget rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending
    rt_sigtimedwait rt_sigsuspend sigaltstack restart_syscall pause alarm setitimer getitimer timer_create
    timer_settime timer_gettime timer_getoverrun timer_delete kill tkill tgkill wait4 waitid poll ppoll select
    pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 timerfd_create
    timerfd_settime timerfd_gettime pipe pipe2 recvmsg sendmsg recvfrom sendto shutdown getsockopt getsockname
    getpeername getrandom arch_prctl
""".split()  # noqa: SIM905

# What frameworks read of the machine and of themselves. /proc/self is the worker's own only once it has been forked.
_SYSTEM = (
    *("/dev/urandom", "/dev/random", "/dev/zero", "/etc/localtime", "/etc/ld.so.cache", "/usr/share/zoneinfo"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/sys/devices/system/node"),
    "/sys/kernel/mm/hugepages",
)
# What CUDA's driver needs beside its device files. It writes its threads' names, each process in a folder of its own.
CUDA_CALLS = ("memfd_create", "mincore", "mbind", "set_mempolicy")
_CUDA_IOCTL_TYPE = 0x46  # 'F', in bits 8 to 15 of a request (nv-ioctl-numbers.h)
_UVM_IOCTLS = (0x30000001, 0x30000002)  # UVM_INITIALIZE, UVM_DEINITIALIZE; the others are below 256 (uvm_ioctl.h)
_CUDA_READABLE = (
    *("/proc/driver/nvidia", "/proc/driver/nvidia-uvm", "/proc/devices", "/proc/modules"),
    *("/sys/bus/pci/devices", "/sys/module/nvidia"),
)
_CUDA_WRITABLE = ("/proc/self/task",)
_SELF = tuple(f"/proc/self/{name}" for name in ("cmdline", "maps", "stat", "statm", "status"))

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Wall:
    """A prepared wall. `readable` are the folders and files of the interpreter, None without Landlock; `filter` is a
    seccomp program, None without seccomp; `devices` are a GPU's files.
    """

    readable: tuple[str, ...] | None
    filter: bytes | None
    devices: tuple[str, ...] = ()

    @classmethod
    def build(cls, hidden: Collection[Path], without: Collection[str] = (), devices: Collection[str] = ()) -> Wall:
        """A wall around this interpreter that leaves nothing below `hidden` readable, `without` some layers, with an
        opening for CUDA on the GPU whose files are `devices`.

        Raises SandboxUnavailable where the kernel or a library lacks another.
        """
        if missing := [sentence for layer, sentence in missing_layers().items() if layer not in without]:
            raise SandboxUnavailable("; ".join(missing))
        return cls(
            None if "landlock" in without else tuple(map(str, _readable(hidden))),
            None if "seccomp" in without else _seccomp_filter(cuda=bool(devices)),
            tuple(devices),
        )

    def shut_in(self, scratch: str) -> None:
        """Shut the calling, single-threaded process in, with `scratch` as the one folder that it may write to.

        Raises SandboxUnavailable where a layer does not hold; the caller must then end without serving an answer.
        """
        import sandlock

        _drop_capabilities()
        try:
            _forbid_privileges()
            if self.readable is None:  # else Landlock keeps workers apart, and the template sees what this one writes
                _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
            if self.readable is not None:  # Landlock, with signal and abstract-socket scoping
                readable, writable = [*self.readable, *_SELF], [scratch, "/dev/null", *self.devices]
                if self.devices:
                    readable += filter(os.path.exists, _CUDA_READABLE)
                    writable += _CUDA_WRITABLE
                sandlock.confine(sandlock.Sandbox(fs_readable=readable, fs_writable=writable))
            if self.filter is not None:
                _load_filter(self.filter)
        except (OSError, sandlock.SandlockError) as error:
            raise SandboxUnavailable(f"the wall did not close: {error}") from error


def missing_layers() -> dict[str, str]:
    """Each layer that this machine cannot give, with a sentence that says why and the remedy. Empty where the wall
    holds.
    """
    if not sys.platform.startswith("linux"):
        return dict.fromkeys(LAYERS, f"the local sandbox needs Linux, and this is {sys.platform}; use --sandbox docker")
    missing = {}
    try:
        import sandlock

        abi, least = sandlock.landlock_abi_version(), sandlock.min_landlock_abi()
        if abi < least:
            missing["landlock"] = f"Landlock ABI {abi} is older than {least}: use Linux 6.12 or newer"
    except (ImportError, OSError) as error:
        missing["landlock"] = f"Landlock cannot be used ({error}): install the sandlock package"
    try:
        import pyseccomp

        pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    except (ImportError, OSError, RuntimeError) as error:
        missing["seccomp"] = f"seccomp cannot be used ({error}): install libseccomp2 and the pyseccomp package"
    return missing


def limit_process(pid: int, limits: Limits, cuda: bool = False) -> None:
    """Set the resource limits of the process `pid`, memory counted from what it holds now. It cannot raise them
    again. CUDA reserves addresses for all memory of GPU and machine, so with it their number has no limit.
    """
    sizes = process_status(pid)
    allowance = limits.memory_mb << 20
    for which, value in (
        (resource.RLIMIT_DATA, sizes["VmData"] + allowance),
        (resource.RLIMIT_AS, resource.RLIM_INFINITY if cuda else sizes["VmSize"] + allowance + _ADDRESS_SPACE),
        (resource.RLIMIT_FSIZE, limits.scratch_mb << 20),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, _SIGNALS),
    ):
        resource.prlimit(pid, which, (value, value))


def process_status(pid: int) -> dict[str, int]:
    """The numbers of /proc/PID/status, sizes in bytes: `VmData`, `VmSize`, `VmRSS`, `Threads` … (proc(5)).

    Raises OSError where there is no such process.
    """
    numbers = {}
    # A process may name itself with bytes that are no text.
    for line in Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines():
        key, _, value = line.partition(":")
        first, _, unit = value.strip().partition(" ")
        if first.isdigit():
            numbers[key] = int(first) << (10 if unit == "kB" else 0)
    return numbers


def process_io(pid: int) -> int:
    """Bytes that the process has written to files so far, by calls or by mapping (proc(5), /proc/PID/io).

    0 where it cannot be seen: it has ended, or is hidden from its own user for lack of Landlock.
    """
    try:
        lines = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    except OSError:
        return 0
    return max(int(lines["wchar"]), int(lines["write_bytes"]))


def _readable(hidden: Collection[Path]) -> Iterable[Path]:
    """The interpreter, its packages and the system's libraries, without what lies below `hidden`."""
    roots = {Path(p) for p in (sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), *site.getsitepackages())}
    roots |= {Path(p) for p in ("/usr/lib", "/usr/lib64", "/lib", "/lib64", *_SYSTEM)}
    hidden = {p.resolve() for p in hidden}
    existing = {p.resolve() for p in roots if p.exists()}
    for root in sorted(existing):
        if not any(root.is_relative_to(other) for other in existing - {root} | hidden):
            yield from _without(root, hidden)


def _without(path: Path, hidden: Collection[Path]) -> Iterable[Path]:
    if path in hidden:
        return
    if any(h.is_relative_to(path) for h in hidden):
        for child in sorted(path.iterdir()):
            if not child.is_symlink():
                yield from _without(child, hidden)
    else:
        yield path


def _forbid_privileges() -> None:
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no-new-privileges was not set")


class _Program(ctypes.Structure):
    """struct sock_fprog (seccomp(2))."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _load_filter(filter: bytes) -> None:
    program = _Program(len(filter) // 8, filter)
    if _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "the seccomp filter was not loaded")


def _seccomp_filter(cuda: bool) -> bytes:
    import pyseccomp as seccomp

    f = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    f.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)  # a binary tree

    def allow(name: str, *conditions: Any) -> None:
        try:
            f.add_rule(seccomp.ALLOW, name, *conditions)
        except OSError as error:  # a call that this architecture or this libseccomp does not have
            if error.errno not in (errno.EFAULT, errno.EINVAL, errno.EDOM):
                raise

    for name in _ALLOWED:
        allow(name)
    # Threads, never processes. glibc falls back to clone where clone3, whose flags no filter can read, is missing.
    allow("clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD))
    f.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    # Anonymous memory must be private: shared memory is not counted by RLIMIT_DATA.
    allow("mmap", seccomp.Arg(3, seccomp.MASKED_EQ, _MAP_ANONYMOUS, 0))
    allow("mmap", seccomp.Arg(3, seccomp.MASKED_EQ, _MAP_TYPE, _MAP_PRIVATE))
    # A process of the same user may otherwise change another's limits and cores.
    allow("prlimit64", seccomp.Arg(0, seccomp.EQ, 0))
    allow("sched_setaffinity", seccomp.Arg(0, seccomp.EQ, 0))
    allow("socketpair", seccomp.Arg(0, seccomp.EQ, 1))  # AF_UNIX, for asyncio's own wake-up
    for option in (_PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA):
        allow("prctl", seccomp.Arg(0, seccomp.EQ, option))
    for command in _FCNTLS:
        allow("fcntl", seccomp.Arg(1, seccomp.EQ, command))
    for request in (*_IOCTLS, *(_UVM_IOCTLS if cuda else ())):
        allow("ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFFFFFF, request))
    if cuda:
        allow("ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFF00, _CUDA_IOCTL_TYPE << 8))
        allow("ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFFFF00, 0))
        for name in CUDA_CALLS:
            allow(name)
    with tempfile.TemporaryFile() as program:
        f.export_bpf(program)
        program.seek(0)
        return program.read()


def _drop_capabilities() -> None:
    """Empty the bounding, permitted, effective and inheritable sets (capabilities(7))."""
    if os.geteuid() != 0:
        return
    for capability in range(64):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # EINVAL past the last one
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    nothing = (ctypes.c_uint32 * 6)()
    if _libc.capset(header, nothing):
        raise SandboxUnavailable(f"capabilities were not dropped: {os.strerror(ctypes.get_errno())}")
