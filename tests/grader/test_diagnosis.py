"""The nearest known wrong answer is named, and only where it is one."""

import pytest

from grader.authoring.wrong import wrong_answers
from grader.bank import REFERENCES, RUBRICS, load_question
from grader.grading import grade
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.source import Source

QUESTION = load_question(RUBRICS / "positional_encoding", REFERENCES)
WRONG = [w for w in wrong_answers(QUESTION) if w.header.framework == "numpy"]


@pytest.fixture(scope="module")
def diagnoses(sandbox):
    def of(*sources):
        found = {}
        jobs = [Job(source) for source in sources]
        grade(
            sandbox, QUESTION, "numpy", jobs, 11, {}, lambda index, graded: found.__setitem__(index, graded.diagnosis)
        )
        return [found[i] for i in range(len(sources))]

    return of


def test_a_copy_of_a_wrong_answer_with_other_names_gets_its_diagnosis(diagnoses):
    copies = [
        Source({"x.py": b"# mine\n" + w.source.files[w.source.main].replace(b"angle", b"theta")}, "x.py", "numpy")
        for w in WRONG
    ]
    assert diagnoses(*copies) == [w.header.diagnosis for w in WRONG]


def test_a_right_answer_and_an_unknown_mistake_get_none(diagnoses):
    unknown = b"import numpy as np\ndef positional_encoding(length, d_model, base=10000.0):\n"
    unknown += b"    return np.full((length, d_model), 0.125, np.float32)\n"
    assert diagnoses(reference_source(QUESTION, "numpy"), Source({"x.py": unknown}, "x.py", "numpy")) == ["", ""]
