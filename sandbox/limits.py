"""What one answer may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one answer to one question. A breach is a verdict, and costs the case that breached alone.

    Attributes:
        call_seconds: Wall time of one call, measured on the trusted side.
        load_seconds: Wall time of importing the answer.
        total_seconds: Wall time of everything the answer computes for the question.
        memory_mb: Memory that a worker may allocate above what its warm template holds, in MiB.
        gpu_memory_mb: Memory of its GPU that a worker may allocate, where it computes on one, in MiB.
        output_kb: Bytes that a worker may print, in KiB.
        scratch_mb: Size of all files in a worker's scratch folder, in MiB.
        scratch_files: Number of files and folders there.
        threads: Threads of one worker.
        open_files: File descriptors of one worker.
    """

    call_seconds: float = 5.0
    load_seconds: float = 10.0
    total_seconds: float = 120.0
    memory_mb: int = 1024
    gpu_memory_mb: int = 4096
    output_kb: int = 64
    scratch_mb: int = 64
    scratch_files: int = 1000
    threads: int = 128
    open_files: int = 128
