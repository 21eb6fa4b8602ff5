"""What a question forbids is taken away from the worker, under each of its names, and nothing else is."""

import contextlib

import numpy as np
import pytest

from grader.bank import load_bank
from grader.failure import AnswerFailure
from grader.grading import grade
from grader.policy import screen
from grader.proxy import Candidate, Session
from grader.pytest_plugin import Job
from grader.source import Source
from grader.verdicts import Verdict
from tests.conftest import ROOT

ATTENTION = load_bank()["multi-head-attention"]
STRONG = ROOT / "examples" / "submissions" / "strong" / "multi_head_attention"
MATRIX = np.ones((1, 2, 8), np.float32)


@pytest.fixture
def failure(sandbox):
    """How one call of an answer to the attention question fails."""

    def call(framework, source):
        session = Session(sandbox, ATTENTION, Source({"answer.py": source.encode()}, "answer.py", framework))
        with contextlib.closing(session), pytest.raises(AnswerFailure) as caught:
            Candidate(session).scaled_dot_product_attention(MATRIX, MATRIX, MATRIX)
        return caught.value

    return call


@pytest.fixture
def graded(sandbox):
    """The criteria of one answer to the attention question."""

    def run(framework, source, question=ATTENTION):
        results = []
        job = Job(Source({"answer.py": source.encode()}, "answer.py", framework))
        grade(sandbox, question, framework, [job], 3, {}, lambda _, result: results.append(result))
        return results[0].criteria

    return run


def attention(body, framework="torch", before=""):
    definition = f"def scaled_dot_product_attention(q, k, v, mask=None):\n    return {body}\n"
    return f"import importlib\nimport {framework}\n{before}\n{definition}"


def score(criteria):
    return sum(criterion.earned for criterion in criteria)


HONEST = (STRONG / "torch_answer.py").read_text()
TRICKS = {
    "a function by a name that is put together": (
        attention("getattr(torch.nn.functional, '_'.join(['scaled', 'dot', 'product', 'attention']))(q, k, v), q"),
        "torch.nn.functional.scaled_dot_product_attention",
    ),
    "a function where the library keeps it": (
        attention("getattr(torch._C._nn, 'scaled_dot_%s' % 'product_attention')(q, k, v), q"),
        "torch.nn.functional.scaled_dot_product_attention",
    ),
    "a function written in Python": (
        attention("vars(torch.nn.functional)['multi_head_%s' % 'attention_forward'](q, k, v), q"),
        "torch.nn.functional.multi_head_attention_forward",
    ),
    "a class re-exported": (
        attention("getattr(torch.nn.modules.transformer, 'Multihead%s' % 'Attention')(8, 2)(q, k, v)"),
        "torch.nn.MultiheadAttention",
    ),
    "a class behind another": (
        attention("M(8, 2)(q, k, v)", before="M = type('M', (getattr(torch.nn, 'Multihead%s' % 'Attention'),), {})"),
        "torch.nn.MultiheadAttention",
    ),
    "a namespace": (attention("getattr(torch, 'op%s' % 's').aten.mm(q, k), q"), "torch.ops"),
    "a namespace where the library keeps it": (
        attention("getattr(vars(torch)['_op%s' % 's'], 'op%s' % 's').aten.mm(q, k), q"),
        "torch.ops",
    ),
    "a library": (attention("getattr(importlib, 'import_%s' % 'module')('transformers'), q"), "transformers"),
    "a module of a library": (
        attention("getattr(importlib, 'import_%s' % 'module')('torch.nn.attention.flex_attention'), q"),
        "torch.nn.attention",
    ),
}
KERAS_TRICKS = {
    "a class re-exported": (
        attention("getattr(tensorflow.keras.layers, 'MultiHead%s' % 'Attention')(2, 4)(q, k), q", "tensorflow"),
        "keras.layers.MultiHeadAttention",
    ),
    "a function where the library keeps it": (
        attention("getattr(keras.src.ops.nn, 'dot_product_%s' % 'attention')(q, k, v), q", "keras"),
        "keras.ops.dot_product_attention",
    ),
}


@pytest.mark.parametrize(
    ("framework", "trick"),
    [*(("torch", trick) for trick in TRICKS), *(("tensorflow", trick) for trick in KERAS_TRICKS)],
)
def test_a_short_cut_is_refused_in_one_sentence_that_names_it_and_the_line(failure, framework, trick):
    source, name = (TRICKS if framework == "torch" else KERAS_TRICKS)[trick]
    line = source[: source.index("return")].count("\n") + 1
    found = failure(framework, source)
    assert found.verdict is Verdict.POLICY_VIOLATION
    assert str(found) == found.public
    assert found.public == (
        f"answer.py:{line} `{name}` is a short cut that this question forbids; write that part yourself."
    )


def test_the_tricks_are_not_seen_by_the_static_screen():
    unseen = [
        name
        for name, (source, _) in TRICKS.items()
        if not any(f.rule == "short-cut" for f in screen(source, "answer.py", ATTENTION.policy.forbidden))
    ]
    assert unseen == list(TRICKS)


def test_a_forbidden_import_refuses_the_answer_as_it_is_loaded(graded):
    cases = [case for criterion in graded("torch", "import transformers\n" + HONEST) for case in criterion.cases]
    assert {case.verdict for case in cases} == {Verdict.POLICY_VIOLATION}
    assert cases[0].public.startswith("answer.py:1 `transformers` is a short cut that this question forbids")


def test_an_answer_may_do_without_what_it_cannot_import(graded):
    assert score(graded("torch", "try:\n    import transformers\nexcept ImportError:\n    pass\n" + HONEST)) == 100


@pytest.mark.parametrize(("framework", "name"), [("numpy", "numpy"), ("torch", "torch"), ("tensorflow", "keras")])
def test_an_honest_answer_earns_full_marks(graded, framework, name):
    assert score(graded(framework, (STRONG / f"{name}_answer.py").read_text())) == 100


def test_the_framework_still_works(failure):
    source = """
import copy, io, pickle
import numpy as np
import torch
def scaled_dot_product_attention(q, k, v, mask=None):
    layer, recurrent = torch.nn.Linear(4, 4), torch.nn.LSTM(4, 4)
    optimizer = torch.optim.Adam(layer.parameters())
    recurrent(torch.nn.functional.gelu(layer(torch.ones(2, 4))))[0].sum().backward()
    optimizer.step()
    torch.func.vmap(torch.sin)(torch.ones(2))
    file = io.BytesIO()
    torch.save(copy.deepcopy(layer).state_dict(), file)
    file.seek(0)
    torch.load(file)
    pickle.dumps([np.exp, layer])
    raise KeyError("the end is reached")
"""
    assert str(failure("torch", source)) == "answer.py:16 KeyError: 'the end is reached'"


def test_the_reference_may_use_what_its_question_forbids(graded, tmp_path):
    source = ATTENTION.reference_source("torch").decode() + "\nimport torch\ntorch.nn.MultiheadAttention(8, 2)\n"
    (tmp_path / "torch_answer.py").write_text(source)
    question = ATTENTION.model_copy(update={"reference_folder": tmp_path})
    assert score(graded("torch", HONEST, question)) == score(graded("torch", source, question)) == 100


def test_an_answer_cannot_make_up_the_sentence(failure):
    before = (
        "from sandbox.runner import forbidden\n"
        "class Mine(forbidden.NotAllowed):\n    def __init__(self, x): super().__init__(str(x.tolist()))\n"
        "def refuse(x): raise Mine(x)\n"
    )
    found = failure("torch", attention("refuse(q), q", before=before))
    assert found.verdict is Verdict.RUNTIME_ERROR
    assert "1.0" in str(found)
    assert "1.0" not in found.public
