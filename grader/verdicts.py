"""How a case can end. The one list of verdicts, and what each says to a candidate."""

from enum import StrEnum


class Verdict(StrEnum):
    """How a case ended. Each verdict carries a `sentence` made of public facts only: fit for a candidate's eyes."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> "Verdict":
        verdict = str.__new__(cls, value)
        verdict._value_ = value
        verdict.sentence = sentence
        return verdict

    PASSED = "passed", "This case passed."
    WRONG_ANSWER = "wrong_answer", "The answer ran, and what it gave is not what the question asks for."
    RUNTIME_ERROR = "runtime_error", "The answer raised an exception or ended its process."
    TIME_LIMIT = "time_limit", "The answer took longer than the question allows."
    MEMORY_LIMIT = "memory_limit", "The answer needed more memory than the question allows."
    OUTPUT_LIMIT = "output_limit", "The answer printed or wrote more than the question allows."
    POLICY_VIOLATION = "policy_violation", "The answer uses something that the policy forbids, so it was not run."
    NOT_ANSWERED = "not_answered", "The submission has no answer for this."
    NEEDS_REVIEW = "needs_review", "A person scores this."
    GRADER_ERROR = "grader_error", "The grader failed here; this costs the candidate nothing."

    @property
    def label(self) -> str:
        """The verdict in plain words, as reports print it."""
        return self.value.replace("_", " ")


CANDIDATE_FAULT = frozenset(Verdict) - {Verdict.PASSED, Verdict.NEEDS_REVIEW, Verdict.GRADER_ERROR}
"""The verdicts that the answer brought on itself."""
