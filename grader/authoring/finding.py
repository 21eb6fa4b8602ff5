"""What `grader check` says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One answer under the question's rubric, or one part of the proof.

    Attributes:
        framework: Empty where it is about all of them.
        score: The answer's points; of mutants, the share in percent that loses any; None where nothing is scored.
        faults: What falls short; empty where it is as it should be.
        summary: What else there is to say in a line.
        notes: What an author should look at, such as the mutants that the rubric does not see.
        evidence: What the finding rests on, for whoever asks.
    """

    question: str
    framework: str
    name: str
    score: float | None = None
    seconds: float | None = None
    faults: tuple[str, ...] = ()
    summary: str = ""
    notes: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
