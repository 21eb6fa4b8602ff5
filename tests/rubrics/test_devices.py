"""References to questions that take a GPU compute where their inputs are. Torch's meta device stands for it: it
computes nothing, and refuses to be mixed with the CPU.
"""

import importlib.util

import pytest
import torch

from grader.bank import load_bank

TAKE_A_GPU = {q.id: q for q in load_bank().values() if "torch" in q.gpu}


def reference(name):
    path = TAKE_A_GPU[name].reference_folder / "torch_answer.py"
    spec = importlib.util.spec_from_file_location(path.parent.name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def meta():
    with torch.device("meta"):
        yield


def weights(*names, width=8):
    return {name: torch.ones(*(width,) * (2 if name.startswith("w") else 1)) for name in names}


def test_attention_does(meta):
    answer, x, mask = reference("multi-head-attention"), torch.ones(2, 5, 8), torch.ones(5, 5, dtype=torch.bool)
    params = weights("wq", "wk", "wv", "wo", "bq", "bk", "bv", "bo")
    assert answer.scaled_dot_product_attention(x, x, x, mask)[0].device.type == "meta"
    assert answer.multi_head_attention(x, x, x, params, 2, mask).device.type == "meta"


def test_positional_encoding_does(meta):
    assert reference("positional-encoding").positional_encoding(7, 8).device.type == "meta"


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_the_encoder_does(meta, norm):
    names = [*("wq", "wk", "wv", "wo", "w1", "w2"), *("bq", "bk", "bv", "bo", "b1", "b2")]
    names += ["gamma1", "gamma2", "beta1", "beta2"]
    answer, x, mask = reference("transformer-encoder"), torch.ones(2, 5, 8), torch.ones(5, 5, dtype=torch.bool)
    assert answer.encoder_block(x, weights(*names), 2, mask, norm).device.type == "meta"


def test_every_question_that_takes_one_is_looked_at_here():
    assert TAKE_A_GPU.keys() == {"multi-head-attention", "positional-encoding", "transformer-encoder"}
