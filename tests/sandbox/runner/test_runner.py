"""What a rubric can do with an answer: arrays, models, gradients, seeds, files and supplied objects."""

import shutil
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from grader.bank import load_question
from grader.failure import AnswerFailure
from grader.proxy import Candidate, Handle, Session
from grader.report.text import first_line
from grader.rubric import gradients, inputs_after, parameters, set_mode, set_parameters, supply
from grader.source import Source

BANK = Path(__file__).parent.parent.parent / "bank"
FRAMEWORKS = ["numpy", "torch", "tensorflow"]
MODELS = {
    "torch": """
import torch
from torch import nn
class Counter(nn.Module):
    def __init__(self, start):
        super().__init__()
        self.dense, self.drop, self.norm = nn.Linear(3, 2), nn.Dropout(0.5), nn.BatchNorm1d(2)
        self.dense.bias.requires_grad_(False)
    def forward(self, x):
        return self.drop(self.dense(x))
""",
    "tensorflow": """
import keras
class Counter(keras.Model):
    def __init__(self, start):
        super().__init__()
        self.dense, self.drop = keras.layers.Dense(2), keras.layers.Dropout(0.5)
        self.norm = keras.layers.BatchNormalization()
        self.dense.build((None, 3)); self.norm.build((None, 2))
        self.built = True
    def call(self, x, training=False):
        return self.drop(self.dense(x), training=training)
""",
}


@pytest.fixture
def answer(sandbox, toy):
    """A candidate from source code. The toy question's entry points can be called on it."""
    sessions = []

    def make(framework, source, question=toy, seed=0, **files):
        contents = {"answer.py": source.encode()} | {f"{name}.py": text.encode() for name, text in files.items()}
        session = Session(sandbox, question, Source(contents, "answer.py", framework))
        session.renew(seed)
        sessions.append(session)
        return Candidate(session)

    yield make
    for session in sessions:
        session.close()


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_arrays_of_every_dtype_go_in_as_the_frameworks_and_come_back(answer, framework):
    name = {"numpy": "numpy.ndarray", "torch": "torch.Tensor", "tensorflow": "tensorflow.Tensor"}[framework]
    module = name.split(".")[0]
    candidate = answer(
        framework, f"import {module}\ndef double(x):\n    assert isinstance(x, {name}), type(x)\n    return x"
    )
    for dtype in ("bool", "int32", "int64", "uint8", "float16", "float32", "float64", "complex64", ml_dtypes.bfloat16):
        for shape in ((2, 3), (), (0, 4)):
            x = np.ones(shape, dtype)
            got = candidate.double(x)
            assert (got.dtype, got.shape, got.tobytes()) == (x.dtype, x.shape, x.tobytes())


def test_an_array_may_come_back_from_another_framework(answer):
    assert answer("torch", "def double(x): return x.numpy()").double(np.ones(2)).tolist() == [1, 1]
    assert answer("tensorflow", "def double(x): return x.numpy()").double(np.ones(2)).tolist() == [1, 1]


def test_a_tensor_that_needs_grad_a_sparse_one_and_a_conjugate_come_back(answer):
    assert answer("torch", "def double(x): return x.requires_grad_() * 2").double(np.ones(2)).tolist() == [2, 2]
    assert answer("torch", "def double(x): return x.to_sparse()").double(np.eye(2)).tolist() == [[1, 0], [0, 1]]
    assert answer("torch", "def double(x): return x.conj()").double(np.array([1j], np.complex64)).tolist() == [-1j]


@pytest.mark.parametrize("framework", ["torch", "tensorflow"])
def test_a_models_parameters_are_read_and_written_by_name(answer, framework):
    model = answer(framework, MODELS[framework]).Counter(0)
    found = parameters(model)
    kernel = next(name for name, value in found.items() if value.size == 6)
    assert len(found) > len(parameters(model, trainable=True)) > 0
    assert set(parameters(model, True)) | set(parameters(model, False)) == set(found)
    set_parameters(model, {kernel: np.full_like(found[kernel], 2.0)})
    assert (parameters(model)[kernel] == 2.0).all()
    with pytest.raises(AnswerFailure, match="shape"):
        set_parameters(model, {kernel: np.zeros(5, np.float32)})


@pytest.mark.parametrize("framework", ["torch", "tensorflow"])
def test_a_model_runs_in_eval_mode_until_it_is_set_to_train(answer, framework):
    model = answer(framework, MODELS[framework]).Counter(0)
    x = np.ones((200, 3), np.float32)
    assert (model(x) == model(x)).all()
    set_mode(model, training=True)
    assert (model(x) == 0).any()
    set_mode(model, training=False)
    assert (model(x) == model(x)).all()


@pytest.mark.parametrize("framework", ["torch", "tensorflow"])
def test_gradients(answer, framework):
    cotangent = np.array([1.0, 10.0], np.float32)
    (found,) = gradients(
        answer(framework, "def double(x): return x * x").double, np.array([3.0, 4.0], np.float32), cotangent=cotangent
    )
    assert found.tolist() == [6.0, 80.0]


@pytest.mark.parametrize(
    ("framework", "source", "sentence"),
    [
        ("torch", "def double(x): return x.detach() * 2", "no gradient flows"),
        ("torch", "def double(x): return x.sum()", r"has shape \(\), not \(2,\)"),
        ("torch", "def double(x): return 3", "is a int, not a torch tensor"),
        ("tensorflow", "import tensorflow as tf\ndef double(x): return tf.constant(x.numpy())", "no gradient flows"),
        ("numpy", "def double(x): return x", "numpy answers have no gradients"),
    ],
)
def test_an_output_that_cannot_be_differentiated_is_a_wrong_answer(answer, framework, source, sentence):
    with pytest.raises(AnswerFailure, match=sentence) as caught:
        gradients(answer(framework, source).double, np.ones(2, np.float32), cotangent=np.ones(2, np.float32))
    assert caught.value.verdict == "wrong_answer"


@pytest.mark.parametrize(
    ("framework", "draw"),
    [
        ("numpy", "import numpy\ndef double(x): return numpy.random.rand(4)"),
        ("torch", "import torch\ndef double(x): return torch.rand(4)"),
        ("tensorflow", "import tensorflow as tf\ndef double(x): return tf.random.uniform((4,))"),
    ],
)
def test_an_answers_own_randomness_is_fixed_by_the_seed(answer, framework, draw):
    draws = [answer(framework, draw, seed=seed).double(0).tolist() for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


def test_what_the_call_does_to_its_arguments_is_seen_and_reaches_no_further(answer):
    x = np.ones(3, np.float32)
    result, (after,) = inputs_after(answer("numpy", "def double(x):\n    x *= 2\n    return x").double, x)
    assert result.tolist() == after.tolist() == [2, 2, 2]
    assert x.tolist() == [1, 1, 1]


def test_an_answer_may_have_modules_of_its_own(answer):
    candidate = answer(
        "numpy", "from helper import twice\ndef double(x): return twice(x)", helper="def twice(x): return 2 * x"
    )
    assert candidate.double(np.ones(1)).tolist() == [2]


def test_a_handle_is_called_read_and_passed_back(answer):
    source = """
class Counter:
    def __init__(self, start): self.items = [start]
    def add(self, n): self.items.append(n); return self
    def __call__(self, x): return x + len(self.items)
def count(step, times): return step.items[-1]
"""
    candidate = answer("numpy", source)
    counter = candidate.Counter(1)
    assert isinstance(counter.add(5), Handle)
    assert counter.items == [1, 5]
    assert counter(10) == 12
    assert candidate.count(counter, 0) == 5
    with pytest.raises(AnswerFailure, match="has no attribute 'nothing'"):
        _ = counter.nothing


def test_what_an_answer_needs_in_the_flesh_is_supplied(answer, tmp_path):
    folder = tmp_path / "toy"
    shutil.copytree(BANK / "rubrics" / "toy", folder)
    (folder / "support").mkdir()
    (folder / "support" / "base.py").write_text(
        "from pathlib import Path\n"
        "def build(n): return [n], Net()\n"
        "class Net:\n    weights = Path(__file__).with_name('weights.txt').read_text()\n"
    )
    (folder / "support" / "weights.txt").write_text("0.5")
    question = load_question(folder, BANK / "reference")
    candidate = answer("numpy", "def count(step, times): return float(step.weights)", question=question)
    plain, net = supply(candidate, "base.build", 3)
    assert plain == [3]
    assert candidate.count(net, 0) == 0.5


LAYERS = """
import keras, tensorflow as tf
class Picks(keras.layers.Layer):
    def call(self, x):
        return tf.gather(tf.eye(2), tf.cast(x, tf.int32))
class Squares(keras.layers.Layer):
    def call(self, x):
        return x @ x
def trained(layer, x):
    model = keras.Sequential([layer, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, x[:, :1], verbose=0)
"""
PICKS, SQUARES = 5, 8  # the lines that fail


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("return Picks()(x)", PICKS, "InvalidArgumentError: indices[0,0] = 7 is not in [0, 2)"),
        ("return tf.function(Picks())(x)", PICKS, "InvalidArgumentError: indices[0,0] = 7 is not in [0, 2)"),
        ("trained(Picks(), x)", PICKS, "InvalidArgumentError: indices[0,0] = 7 is not in [0, 2)"),
        ("return Squares()(x)", SQUARES, "InvalidArgumentError: Matrix size-incompatible: In[0]: [1,3], In[1]: [1,3]"),
        ("return tf.function(Squares())(x)", SQUARES, "ValueError: Dimensions must be equal, but are 3 and 1"),
        ("trained(Squares(), x)", None, "Matrix size-incompatible: In[0]: [1,3], In[1]: [1,3]"),
    ],
)
def test_the_reason_of_an_error_in_a_layer_or_a_graph_is_said_in_a_sentence(answer, body, line, reason):
    candidate = answer("tensorflow", f"{LAYERS}def double(x):\n    {body}\n")
    with pytest.raises(AnswerFailure) as caught:
        candidate.double(np.full((1, 3), 7, np.float32))
    assert caught.value.place is not None
    assert line in (None, caught.value.place.line)
    assert reason in first_line(str(caught.value))
