"""The nearest known wrong answer is named, and only where it is one."""

import pytest

from grader.authoring.wrong import wrong_answers
from grader.bank import load_bank
from grader.diagnosis import _lives_again
from grader.grading import grade
from grader.proxy import Call, Life, Session
from grader.pytest_plugin import Job
from grader.reference import reference_source
from grader.source import Source

BANK = load_bank()


def known(question, framework):
    return [w for w in wrong_answers(BANK[question]) if w.header.framework == framework]


@pytest.fixture(scope="module")
def diagnoses(sandbox):
    def of(question, framework, *sources):
        found = {}
        jobs = [Job(source) for source in sources]
        grade(sandbox, BANK[question], framework, jobs, 11, {}, lambda i, graded: found.update({i: graded.diagnosis}))
        return [found[i] for i in range(len(sources))]

    return of


def copied(wrong, old=b"", new=b""):
    code = wrong.source.files[wrong.source.main].replace(old, new) if old else wrong.source.files[wrong.source.main]
    return Source({"x.py": b"# mine\n" + code}, "x.py", wrong.header.framework)


def test_a_copy_of_a_wrong_answer_with_other_names_gets_its_diagnosis(diagnoses):
    wrong = known("positional-encoding", "numpy")
    copies = [copied(w, b"angle", b"theta") for w in wrong]
    assert diagnoses("positional-encoding", "numpy", *copies) == [w.header.diagnosis for w in wrong]


@pytest.mark.parametrize(
    ("question", "framework", "name"),
    [
        ("multi-head-attention", "torch", "detached_torch.py"),
        ("t5-generation", "numpy", "start_ends_numpy.py"),
        ("bert-embeddings", "numpy", "in_place_numpy.py"),
        ("bert-embeddings", "torch", "pooler_output_torch.py"),
        ("masked-language-modeling", "torch", "unseeded_torch.py"),
        ("attention-pooling", "torch", "logits_torch.py"),
    ],
    ids=[
        *("by its gradients", "by what it makes of a function", "by its arguments afterwards"),
        *("by what it makes of a model", "by what it draws", "by what it has learnt"),
    ],
)
def test_a_mistake_is_recognised(diagnoses, question, framework, name):
    (wrong,) = [w for w in known(question, framework) if w.path.name == name]
    assert diagnoses(question, framework, copied(wrong)) == [wrong.header.diagnosis]


def test_a_right_answer_and_an_unknown_mistake_get_none(diagnoses):
    unknown = b"import numpy as np\ndef positional_encoding(length, d_model, base=10000.0):\n"
    unknown += b"    return np.full((length, d_model), 0.125, np.float32)\n"
    right = reference_source(BANK["positional-encoding"], "numpy")
    assert diagnoses("positional-encoding", "numpy", right, Source({"x.py": unknown}, "x.py", "numpy")) == ["", ""]


def test_an_object_that_came_by_another_way_than_a_result_is_no_match(sandbox):
    """An answer may hand one to a function of the rubric's, which may hand it back."""
    (wrong, *_) = known("positional-encoding", "numpy")
    life = Life(calls=[Call({"op": "invoke", "handle": 7, "method": None, "args": [], "kwargs": {}}, value=1.0)])
    assert not _lives_again(Session(sandbox, BANK["positional-encoding"], wrong.source), life)
