"""What to look for in an encoder: the norm's statistics, where norms and residuals stand, heads, masks, and order."""

import numpy as np
import pytest

from grader.rubric import assert_close, assert_gradients_close, assert_raises, criterion, inputs_after, public

# A float32 reference against a float64 one: within a tenth of each.
CLOSE = {"rtol": 1e-3, "atol": 1e-4}


def normal(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def ff_params(rng, d, hidden):
    return {
        "w1": normal(rng, d, hidden) / np.float32(np.sqrt(d)),
        "b1": normal(rng, hidden),
        "w2": normal(rng, hidden, d) / np.float32(np.sqrt(hidden)),
        "b2": normal(rng, d),
    }


def make_params(rng, d, hidden=None):
    params = {name: normal(rng, d, d) / np.float32(np.sqrt(d)) for name in ("wq", "wk", "wv", "wo")}
    params |= {name: normal(rng, d) for name in ("bq", "bk", "bv", "bo", "gamma1", "beta1", "gamma2", "beta2")}
    return params | ff_params(rng, d, hidden or 2 * d)


def without(params, *names):
    """The parameters with some of them 0."""
    return params | {name: np.zeros_like(params[name]) for name in names}


def normalised(x, gamma, beta, eps=1e-5):
    """The expected layer norm, in float64."""
    x = x.astype(np.float64)
    spread = np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    return (gamma * (x - x.mean(axis=-1, keepdims=True)) / spread + beta).astype(np.float32)


def assert_block(candidate, reference, x, params, num_heads, *mask_and_norm):
    expected = reference.encoder_block(x, params, num_heads, *mask_and_norm)
    assert_close(candidate.encoder_block(x, params, num_heads, *mask_and_norm), expected, **CLOSE)


# layer_norm


@criterion(points=8, title="Layer norm over the features of each position", zh="在每个位置的特征上做层归一化")
@pytest.mark.parametrize("shape", [pytest.param((2, 3, 8), marks=public), (5, 4), (1, 7, 1, 6), (64,)])
def test_layer_norm(candidate, rng, shape):
    x, gamma, beta = normal(rng, *shape) * 3 + 1, normal(rng, shape[-1]), normal(rng, shape[-1])
    assert_close(candidate.layer_norm(x, gamma, beta), normalised(x, gamma, beta), **CLOSE)


@criterion(points=7, title="The population's variance, and eps inside of the root", zh="总体方差，且 eps 在根号之内")
@pytest.mark.parametrize(("scale", "eps"), [(1.0, 1e-5), (1e-3, 1e-5), (0.1, 0.01), (1e-4, 1e-8), (0.0, 1e-5)])
@pytest.mark.parametrize("d", [2, 5])
def test_variance(candidate, rng, scale, eps, d):
    x, gamma, beta = normal(rng, 4, d) * np.float32(scale), normal(rng, d), normal(rng, d)
    assert_close(candidate.layer_norm(x, gamma, beta, eps), normalised(x, gamma, beta, eps), **CLOSE)
    if eps == 1e-5:
        assert_close(candidate.layer_norm(x, gamma, beta), normalised(x, gamma, beta), **CLOSE)  # the default


@criterion(
    points=5,
    title="Layer norm takes off a shift and a scale of all features",
    zh="层归一化消去所有特征共同的平移与缩放",
)
@pytest.mark.parametrize(("shift", "scale"), [(5.0, 1.0), (0.0, 7.0), (-3.0, 20.0)])
def test_invariance(candidate, rng, shift, scale):
    x, gamma, beta = normal(rng, 3, 4, 16), normal(rng, 16), normal(rng, 16)
    first = candidate.layer_norm(x, gamma, beta)
    again = candidate.layer_norm(x * np.float32(scale) + np.float32(shift), gamma, beta)
    assert_close(again, first, rtol=1e-2, atol=1e-3)
    assert_close(first, normalised(x, gamma, beta), **CLOSE)
    ones = candidate.layer_norm(x, np.ones(16, np.float32), np.zeros(16, np.float32))
    assert_close(ones.mean(axis=-1), np.zeros((3, 4), np.float32), **CLOSE)
    assert_close(ones.std(axis=-1), np.ones((3, 4), np.float32), **CLOSE)


# feed_forward


@criterion(points=7, title="The feed-forward part matches the reference", zh="前馈部分与参考实现一致")
@pytest.mark.parametrize(("shape", "hidden"), [pytest.param((2, 3, 4), 16, marks=public), ((5, 8), 8), ((1, 1, 6), 2)])
def test_feed_forward(candidate, reference, rng, shape, hidden):
    x, params = normal(rng, *shape), ff_params(rng, shape[-1], hidden)
    assert_close(candidate.feed_forward(x, params), reference.feed_forward(x, params), **CLOSE)


@criterion(points=5, title="ReLU between the layers, at each position on its own", zh="两层之间为 ReLU，各位置互不影响")
@pytest.mark.parametrize("side", ["all off", "all on", "each its own"])
def test_relu(candidate, rng, side):
    x, params = normal(rng, 2, 5, 4), ff_params(rng, 4, 8)
    together = candidate.feed_forward(x, params)
    if side == "all off":
        params["b1"] = np.full(8, -100, np.float32)
        expected = np.broadcast_to(params["b2"], x.shape)
    elif side == "all on":
        params["b1"] = np.full(8, 100, np.float32)
        expected = (x @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]
    else:
        expected = together
        for b, t in np.ndindex(2, 5):
            assert_close(candidate.feed_forward(x[[b]][:, [t]], params)[0, 0], together[b, t], **CLOSE)
        hidden = np.maximum(x @ params["w1"] + params["b1"], 0)
        assert_close(together, (hidden @ params["w2"] + params["b2"]).astype(np.float32), **CLOSE)
    assert_close(candidate.feed_forward(x, params), expected.astype(np.float32), rtol=1e-3, atol=1e-3)


# encoder_block


@criterion(points=10, title="A block with norms behind the sub-layers (post)", zh="归一化在子层之后的块（post）")
@pytest.mark.parametrize(
    ("batch", "length", "d", "heads"),
    [pytest.param(2, 4, 8, 2, marks=public), (1, 7, 12, 3), (3, 1, 4, 4), (2, 5, 6, 1)],
)
def test_post(candidate, reference, rng, batch, length, d, heads):
    x, params = normal(rng, batch, length, d), make_params(rng, d)
    assert_block(candidate, reference, x, params, heads, None, "post")
    assert_block(candidate, reference, x, params, heads)  # the default


@criterion(points=9, title="A block with norms ahead of the sub-layers (pre)", zh="归一化在子层之前的块（pre）")
@pytest.mark.parametrize(("batch", "length", "d", "heads"), [(2, 4, 8, 2), (1, 7, 12, 3), (3, 1, 4, 4), (2, 5, 6, 1)])
def test_pre(candidate, reference, rng, batch, length, d, heads):
    x, params = normal(rng, batch, length, d) * 2 + 1, make_params(rng, d)
    assert_block(candidate, reference, x, params, heads, None, "pre")


@criterion(
    points=6,
    title="The first norm goes with attention, the second with the feed-forward part",
    zh="第一个归一化属于注意力，第二个属于前馈",
)
@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("which", ["1", "2"])
def test_which_norm(candidate, reference, rng, norm, which):
    x, params = normal(rng, 2, 5, 8), make_params(rng, 8)
    plain = {"1": "2", "2": "1"}[which]
    params |= {f"gamma{plain}": np.ones(8, np.float32), f"beta{plain}": np.zeros(8, np.float32)}
    assert_block(candidate, reference, x, params, 2, None, norm)


@criterion(points=6, title="Both residuals", zh="两处残差连接")
@pytest.mark.parametrize("silent", ["both", "attention", "feed-forward"])
def test_residuals(candidate, reference, rng, silent):
    x, params = normal(rng, 2, 4, 6), make_params(rng, 6)
    if silent != "feed-forward":
        params = without(params, "wo", "bo")
    if silent != "attention":
        params = without(params, "w2", "b2")
    for norm in ("post", "pre"):
        assert_block(candidate, reference, x, params, 2, None, norm)
    if silent == "both":
        assert_close(candidate.encoder_block(x, params, 3, None, "pre"), x, **CLOSE)
        first = normalised(x, params["gamma1"], params["beta1"])
        expected = normalised(first, params["gamma2"], params["beta2"])
        assert_close(candidate.encoder_block(x, params, 3), expected, **CLOSE)


@criterion(
    points=6, title="Heads take their own columns, with the scale of their width", zh="各头取自己的列，并用其宽度缩放"
)
@pytest.mark.parametrize("heads", [1, 2, 4, 8])
def test_heads(candidate, reference, rng, heads):
    x, params = normal(rng, 2, 6, 8) * 2, without(make_params(rng, 8), "w2", "b2")
    assert_block(candidate, reference, x, params, heads, None, "pre")
    large = params | {name: 20 * params[name] for name in ("gamma1", "bq", "bk")}  # exp of such scores overflows
    assert_block(candidate, reference, x, large, heads, None, "pre")


@criterion(
    points=8,
    title="Masked positions have no influence; without any, attention is 0",
    zh="被掩蔽的位置没有影响；全被掩蔽时注意力为 0",
)
@pytest.mark.parametrize("kind", ["padding", "causal", "per head", "nothing"])
@pytest.mark.parametrize("norm", ["post", "pre"])
def test_mask(candidate, reference, rng, kind, norm):
    x, params = normal(rng, 2, 5, 8), make_params(rng, 8)
    mask = {
        "padding": np.array([[[[1, 1, 1, 0, 0]]], [[[1, 1, 1, 1, 0]]]], bool),
        "causal": np.tril(np.ones((5, 5), bool)),
        "per head": (rng.random((1, 2, 5, 5)) < 0.6) | np.eye(5, dtype=bool),
        "nothing": np.array([[[[1, 1, 0, 1, 1]]], [[[0, 0, 0, 0, 0]]]], bool),
    }[kind]
    assert_block(candidate, reference, x, params, 2, mask, norm)
    if kind in ("padding", "causal"):
        other = x.copy()
        other[0, 3:], other[1, 4:] = 50 * normal(rng, 2, 8), 50 * normal(rng, 1, 8)
        before, after = (candidate.encoder_block(given, params, 2, mask, norm) for given in (x, other))
        assert_close(after[0, :3], before[0, :3], **CLOSE)
        assert_close(after[1, :4], before[1, :4], **CLOSE)


@criterion(
    points=5,
    title="Without positions, order does not matter; nor does the batch",
    zh="没有位置信息时与顺序无关，也与同批样本无关",
)
@pytest.mark.parametrize("norm", ["post", "pre"])
def test_equivariance(candidate, reference, rng, norm):
    x, params = normal(rng, 3, 6, 8), make_params(rng, 8)
    order = rng.permutation(6)
    output = candidate.encoder_block(x, params, 2, None, norm)
    assert_close(output, reference.encoder_block(x, params, 2, None, norm), **CLOSE)
    assert_close(candidate.encoder_block(x[:, order], params, 2, None, norm), output[:, order], **CLOSE)
    for row in range(3):
        assert_close(candidate.encoder_block(x[[row]], params, 2, None, norm), output[[row]], **CLOSE)


# encoder


@criterion(
    points=8, title="Blocks in order, each with its own params and the mask", zh="各块按顺序执行，各用自己的参数与掩码"
)
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("masked", [False, True])
def test_encoder(candidate, reference, rng, count, masked):
    x, blocks = normal(rng, 2, 5, 8), [make_params(rng, 8) for _ in range(count)]
    mask = (np.array([[[[1, 1, 1, 0, 0]]], [[[1, 1, 1, 1, 1]]]], bool),) if masked else ()
    # each block magnifies a rounding: three give some ten times what one does
    assert_close(candidate.encoder(x, blocks, 2, *mask), reference.encoder(x, blocks, 2, *mask), rtol=5e-3, atol=5e-4)
    assert_close(candidate.encoder(x, [], 2), x)


# All


@criterion(
    points=6,
    title="Gradients reach the input and all params",
    zh="梯度传到输入与全部参数",
    frameworks=("torch", "tensorflow"),
)
@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("masked", [False, True])
def test_gradients(candidate, reference, rng, norm, masked):
    x, params = normal(rng, 2, 4, 8), make_params(rng, 8)
    mask = np.array([[[[1, 1, 1, 0]]], [[[0, 0, 0, 0]]]], bool) if masked else None
    arguments = x, params, 2, mask, norm
    assert_gradients_close(
        candidate.encoder_block, reference.encoder_block, *arguments, wrt=(0, 1), rtol=1e-2, atol=1e-3
    )


@criterion(points=6, title="float64 in, float64 out", zh="输入 float64，输出 float64", frameworks=("numpy",))
@pytest.mark.parametrize("name", ["layer_norm", "feed_forward", "post", "pre"])
def test_float64(candidate, reference, rng, name):
    x = rng.normal(size=(2, 4, 6))
    params = {key: value.astype(np.float64) for key, value in make_params(rng, 6).items()}
    arguments = {
        "layer_norm": (x, params["gamma1"], params["beta1"]),
        "feed_forward": (x, params),
        "post": (x, params, 2, None, "post"),
        "pre": (x, params, 2, None, "pre"),
    }[name]
    function = name if name in ("layer_norm", "feed_forward") else "encoder_block"
    assert_close(
        getattr(candidate, function)(*arguments), getattr(reference, function)(*arguments), rtol=1e-8, atol=1e-10
    )


@criterion(
    points=4,
    title="Refuses bad arguments, and leaves good ones as they were",
    zh="拒绝错误的参数，并保持正确的参数不变",
)
@pytest.mark.parametrize("kind", ["heads", "no heads", "norm", "mask", "mask of five axes", "untouched"])
def test_arguments(candidate, reference, rng, kind):
    x, params = normal(rng, 2, 4, 6), make_params(rng, 6)
    bad = {
        "heads": (4,),
        "no heads": (0,),
        "norm": (2, None, "both"),
        "mask": (2, np.ones((2, 1, 1, 3), bool)),
        "mask of five axes": (2, np.ones((1, 2, 1, 1, 4), bool)),
    }.get(kind)
    if bad:
        assert_raises("ValueError", candidate.encoder_block, x, params, *bad)
        assert_block(candidate, reference, x, params, 2)
    else:
        result, after = inputs_after(candidate.encoder_block, x, params, 2)
        assert_close(result, reference.encoder_block(x, params, 2), **CLOSE)
        assert_close(after[0], x, rtol=0, atol=0)
        assert_close(after[1], params, rtol=0, atol=0)
