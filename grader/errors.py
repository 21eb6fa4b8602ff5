"""The errors of the trusted side. Each message is one sentence that says what is wrong, where, and what to do."""


class GraderError(Exception):
    """Base of every error that the grader raises on purpose."""


class UsageError(GraderError):
    """Bad usage or unreadable input; the command ends with status 2."""


class SubmissionError(GraderError):
    """A submission or an answer that cannot be read. It is reported and never stops a cohort."""


class QuestionError(GraderError):
    """A question's own files (question.toml, rubric, reference) are wrong."""
