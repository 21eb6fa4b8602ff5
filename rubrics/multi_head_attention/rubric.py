"""What to look for in attention and its heads.

Where a criterion asks for one thing only, its inputs hide the others: with a key dimension of 1 the scale is 1, with
one head their order does not matter, and attention over some of the keys is compared with the answer's own attention.
"""

import numpy as np
import pytest

from grader.rubric import assert_close, assert_gradients_close, assert_raises, criterion, inputs_after, public

# A float32 reference against a float64 one, over 1500 seeds: within a twentieth of each.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}
CLOSE_GRADIENTS = {"rtol": 1e-3, "atol": 1e-4}


def normal(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def make_params(rng, d_model, biases=()):
    """Random weights of multi_head_attention; the biases that are not named are zero."""
    params = {name: normal(rng, d_model, d_model) / np.float32(np.sqrt(d_model)) for name in ("wq", "wk", "wv", "wo")}
    for name in ("bq", "bk", "bv", "bo"):
        params[name] = normal(rng, d_model) if name in biases else np.zeros(d_model, np.float32)
    return params


def assert_rows_sum_to_one(weights):
    assert np.all(weights >= 0), "a weight is negative or not a number"
    assert_close(weights.sum(axis=-1), np.ones(weights.shape[:-1], np.float32), **CLOSE)


def assert_shapes(output, weights, q, k, v):
    """For q, k and v with the same leading dimensions."""
    expected = (*q.shape[:-1], v.shape[-1]), (*q.shape[:-1], k.shape[-2])
    assert (output.shape, weights.shape) == expected, f"shapes {output.shape}, {weights.shape} in place of {expected}"


# scaled_dot_product_attention


@criterion(points=8, title="Output and weights match the reference", zh="输出与权重同参考实现一致")
@pytest.mark.parametrize(
    "tq, tk, d, dv", [pytest.param(5, 5, 8, 8, marks=public), (3, 7, 4, 6), (6, 2, 16, 1), (1, 9, 3, 3)]
)
def test_matches_reference(candidate, reference, rng, tq, tk, d, dv):
    q, k, v = normal(rng, 2, tq, d), normal(rng, 2, tk, d), normal(rng, 2, tk, dv)
    actual = candidate.scaled_dot_product_attention(q, k, v)
    assert_close(actual, reference.scaled_dot_product_attention(q, k, v), **CLOSE)


@criterion(points=7, title="Scores are divided by the root of the key dimension", zh="分数除以键维度的平方根")
@pytest.mark.parametrize("d", [2, 16, 64, 256])
def test_scaling(candidate, reference, rng, d):
    q, k, v = normal(rng, 2, 4, d), normal(rng, 2, 6, d), normal(rng, 2, 6, 3)
    _, weights = candidate.scaled_dot_product_attention(q, k, v)
    assert_close(weights, reference.scaled_dot_product_attention(q, k, v)[1], **CLOSE)


@criterion(
    points=6, title="Softmax runs over the keys, and the weights mix the values", zh="在键上做 softmax，并以权重混合值"
)
@pytest.mark.parametrize("tq, tk", [(3, 6), (6, 3), (4, 4)])
def test_softmax_over_keys(candidate, rng, tq, tk):
    q, k, v = normal(rng, 2, tq, 4), normal(rng, 2, tk, 4), normal(rng, 2, tk, 5)
    output, weights = candidate.scaled_dot_product_attention(q, k, v)
    assert_shapes(output, weights, q, k, v)
    assert_rows_sum_to_one(weights)
    scores = q @ np.swapaxes(k, -1, -2)
    at_nearest = np.take_along_axis(weights, scores.argmax(axis=-1, keepdims=True), axis=-1)
    assert np.all(at_nearest >= weights - 1e-5), "the nearest key does not have the greatest weight"
    assert at_nearest.mean() > 1.05 / tk, "all keys have the same weight"
    assert_close(output, (weights @ v).astype(np.float32), **CLOSE)


@criterion(
    points=8,
    title="Masked weights are exactly 0, the others as if masked keys were not there",
    zh="被掩蔽的权重恰为 0，其余权重如同这些键不存在",
)
@pytest.mark.parametrize("kind", [pytest.param("causal", marks=public), "padding", "any"])
def test_masked_keys(candidate, rng, kind):
    q, k, v = normal(rng, 2, 5, 4), normal(rng, 2, 5, 4), normal(rng, 2, 5, 3)
    mask = {
        "causal": np.tril(np.ones((5, 5), dtype=bool)),
        "padding": np.array([[[True, True, True, False, False]], [[True, False, False, False, False]]]),
        "any": (rng.random((2, 5, 5)) < 0.5) | np.eye(5, dtype=bool),
    }[kind]
    output, weights = candidate.scaled_dot_product_attention(q, k, v, mask)
    assert_shapes(output, weights, q, k, v)
    mask = np.broadcast_to(mask, weights.shape)
    assert np.all(weights[~mask] == 0), "a masked weight is not 0"
    assert_rows_sum_to_one(weights)
    for b, row in np.ndindex(2, 5):
        keep = mask[b, row]
        alone = candidate.scaled_dot_product_attention(q[[b]][:, [row]], k[[b]][:, keep], v[[b]][:, keep])
        assert_close((output[b, row], weights[b, row, keep]), (alone[0][0, 0], alone[1][0, 0]), **CLOSE)


@criterion(
    points=7,
    title="A query that may attend to nothing gets zeros, the others stay as they are",
    zh="无可关注之键的查询得到零，其余查询不受影响",
)
@pytest.mark.parametrize("hidden", [[1], [0, 3], [0, 1, 2]])
def test_fully_masked_row(candidate, rng, hidden):
    q, k, v = normal(rng, 1, 4, 4), normal(rng, 1, 6, 4), normal(rng, 1, 6, 3)
    mask = np.ones((1, 4, 6), dtype=bool)
    mask[:, hidden] = False
    output, weights = candidate.scaled_dot_product_attention(q, k, v, mask)
    assert_shapes(output, weights, q, k, v)
    assert np.all(weights[:, hidden] == 0) and np.all(output[:, hidden] == 0), "a fully masked row is not 0"
    seen = [row for row in range(4) if row not in hidden]
    assert_rows_sum_to_one(weights[:, seen])
    open_output, open_weights = candidate.scaled_dot_product_attention(q, k, v)
    assert_close((output[:, seen], weights[:, seen]), (open_output[:, seen], open_weights[:, seen]), **CLOSE)


@criterion(points=7, title="Scores of 1e4 stay exact", zh="分数达到 1e4 时仍然准确")
@pytest.mark.parametrize(
    "scores, masked",
    [
        ([1e4, 9999, 9998.5, 9997], False),
        ([-1e4, -9999, -9998.5, -9997], False),
        ([0.5, -1e4, 1e4, 0], False),
        ([1e4, 1, 0.5, -1], True),
        ([1e4, -1e4, -9999, -9998.5], True),
    ],
    ids=["high", "low", "both", "the highest masked", "only low ones left"],
)
def test_large_scores(candidate, reference, rng, scores, masked):
    q, k = np.ones((1, 2, 1), np.float32), np.array(scores, np.float32).reshape(1, 4, 1)
    v = normal(rng, 1, 4, 3)
    mask = np.array([[[not masked, True, True, True]]])
    actual = candidate.scaled_dot_product_attention(q, k, v, mask)
    assert_close(actual, reference.scaled_dot_product_attention(q, k, v, mask), **CLOSE)


@criterion(points=6, title="Any number of leading dimensions, broadcast", zh="任意多个前导维度，并可广播")
@pytest.mark.parametrize(
    "q_lead, kv_lead, mask_shape",
    [
        ((), (), (3, 5)),
        ((2, 3), (2, 3), (2, 1, 1, 5)),
        ((2, 1), (3,), (3, 5)),
        ((), (2,), (2, 1, 5)),
        ((4,), (1,), None),
    ],
    ids=["none", "two", "broadcast both ways", "query without", "batch of one key set"],
)
def test_leading_dimensions(candidate, rng, q_lead, kv_lead, mask_shape):
    q, k, v = normal(rng, *q_lead, 3, 4), normal(rng, *kv_lead, 5, 4), normal(rng, *kv_lead, 5, 2)
    mask = None if mask_shape is None else rng.random(mask_shape) < 0.7
    if mask is not None:
        mask[..., 0] = True
    output, weights = candidate.scaled_dot_product_attention(q, k, v, mask)
    lead = np.broadcast_shapes(q_lead, kv_lead)
    assert (output.shape, weights.shape) == ((*lead, 3, 2), (*lead, 3, 5)), f"shapes {output.shape}, {weights.shape}"
    assert_rows_sum_to_one(weights)
    q, k, v = (np.broadcast_to(x, (*lead, *x.shape[-2:])) for x in (q, k, v))
    mask = np.broadcast_to(True if mask is None else mask, weights.shape)
    for i in np.ndindex(lead):
        one = candidate.scaled_dot_product_attention(q[i][None], k[i][None], v[i][None], mask[i][None])
        assert_close((output[i], weights[i]), (one[0][0], one[1][0]), **CLOSE)


# multi_head_attention


@criterion(points=8, title="Multi-head attention matches the reference", zh="多头注意力与参考实现一致")
@pytest.mark.parametrize("num_heads", [1, pytest.param(2, marks=public), 4, 12])
def test_multi_head(candidate, reference, rng, num_heads):
    x, params = normal(rng, 2, 5, 12), make_params(rng, 12)
    actual = candidate.multi_head_attention(x, x, x, params, num_heads)
    assert_close(actual, reference.multi_head_attention(x, x, x, params, num_heads), **CLOSE)


@criterion(
    points=8,
    title="Each head works on its own run of columns, and heads are joined in order",
    zh="每个头作用于各自连续的列，并按顺序拼接",
)
@pytest.mark.parametrize("num_heads", [2, 3, 6])
def test_head_order(candidate, rng, num_heads):
    query, key, value = normal(rng, 2, 4, 12), normal(rng, 2, 5, 12), normal(rng, 2, 5, 12)
    params = {name: np.eye(12, dtype=np.float32) for name in ("wq", "wk", "wv", "wo")}
    params |= {name: np.zeros(12, np.float32) for name in ("bq", "bk", "bv", "bo")}
    output = candidate.multi_head_attention(query, key, value, params, num_heads)
    heads = []
    for columns in np.split(np.arange(12), num_heads):
        head, weights = candidate.scaled_dot_product_attention(
            query[..., columns], key[..., columns], value[..., columns]
        )
        assert_rows_sum_to_one(weights)
        heads.append(head)
    assert_close(output, np.concatenate(heads, axis=-1), **CLOSE)


@criterion(points=5, title="Each bias acts where it should", zh="每个偏置都在应有的位置起作用")
@pytest.mark.parametrize("num_heads", [1, 4])
@pytest.mark.parametrize("bias", ["bq", "bk", "bv", "bo"])
def test_biases(candidate, reference, rng, bias, num_heads):
    x, params = normal(rng, 2, 3, 4), make_params(rng, 4, biases=[bias])
    actual = candidate.multi_head_attention(x, x, x, params, num_heads)
    assert_close(actual, reference.multi_head_attention(x, x, x, params, num_heads), **CLOSE)


@criterion(points=5, title="Query, key and value may differ, in length too", zh="查询、键、值可以不同，长度也可以不同")
@pytest.mark.parametrize("num_heads", [1, 4])
@pytest.mark.parametrize("tq, tk", [(3, 6), (6, 3), (1, 4)])
def test_cross_attention(candidate, reference, rng, tq, tk, num_heads):
    query, key, value = normal(rng, 2, tq, 4), normal(rng, 2, tk, 4), normal(rng, 2, tk, 4)
    params = make_params(rng, 4)
    actual = candidate.multi_head_attention(query, key, value, params, num_heads)
    assert_close(actual, reference.multi_head_attention(query, key, value, params, num_heads), **CLOSE)


@criterion(points=7, title="Masks broadcast over batch, heads and queries", zh="掩码可在批次、头和查询上广播")
@pytest.mark.parametrize("num_heads", [1, 4])
@pytest.mark.parametrize("kind", ["padding", "causal", "per batch", "per head", "fully masked row"])
def test_multi_head_mask(candidate, reference, rng, kind, num_heads):
    x, params = normal(rng, 2, 5, 4), make_params(rng, 4, biases=["bo"] if kind == "fully masked row" else [])
    mask = {
        "padding": np.arange(5) < np.array([5, 2]).reshape(2, 1, 1, 1),
        "causal": np.tril(np.ones((5, 5), dtype=bool)),
        "per batch": (rng.random((2, 1, 5, 5)) < 0.5) | np.eye(5, dtype=bool),
        "per head": (rng.random((2, num_heads, 5, 5)) < 0.5) | np.eye(5, dtype=bool),
        "fully masked row": np.broadcast_to(np.array([True, True, False, True, True])[:, None], (1, 1, 5, 5)),
    }[kind]
    actual = candidate.multi_head_attention(x, x, x, params, num_heads, mask)
    assert_close(actual, reference.multi_head_attention(x, x, x, params, num_heads, mask), **CLOSE)


# Both


@criterion(points=4, title="float64 in, float64 out", zh="输入 float64，输出 float64")
@pytest.mark.parametrize("masked", [False, True], ids=["no mask", "mask"])
def test_float64(candidate, reference, rng, masked):
    x, params = rng.normal(size=(2, 5, 4)), make_params(rng, 4)
    params = {name: array.astype(np.float64) for name, array in params.items()}
    mask = np.tril(np.ones((5, 5), dtype=bool)) if masked else None
    expected = reference.scaled_dot_product_attention(x, x, x, mask)
    assert_close(candidate.scaled_dot_product_attention(x, x, x, mask), expected, rtol=1e-9, atol=1e-12)
    expected = reference.multi_head_attention(x, x, x, params, 2, mask)
    assert_close(candidate.multi_head_attention(x, x, x, params, 2, mask), expected, rtol=1e-9, atol=1e-12)


@criterion(
    points=10,
    title="Gradients reach inputs and parameters",
    zh="梯度能传到输入与参数",
    frameworks=("torch", "tensorflow"),
)
@pytest.mark.parametrize("kind", ["no mask", "causal", "fully masked row", "heads", "heads, fully masked row"])
def test_gradients(candidate, reference, rng, kind):
    mask = None if kind in ("no mask", "heads") else np.tril(np.ones((5, 5), dtype=bool))
    if "fully masked row" in kind:
        mask[0] = False
    q, k, v = (normal(rng, 2, 5, 4) for _ in range(3))
    if "heads" in kind:
        arguments, wrt, output = (
            (q, k, v, make_params(rng, 4, biases=["bq", "bk", "bv", "bo"]), 2, mask),
            (0, 1, 2, 3),
            None,
        )
        actual, expected = candidate.multi_head_attention, reference.multi_head_attention
    else:
        arguments, wrt, output = (q, k, v, mask), (0, 1, 2), 0
        actual, expected = candidate.scaled_dot_product_attention, reference.scaled_dot_product_attention
    assert_gradients_close(actual, expected, *arguments, wrt=wrt, output=output, **CLOSE_GRADIENTS)


@criterion(points=10, title="Arguments are left as they were", zh="不改动传入的参数", frameworks=("numpy",))
@pytest.mark.parametrize("masked", [False, True], ids=["no mask", "mask"])
@pytest.mark.parametrize("heads", [False, True], ids=["attention", "heads"])
def test_arguments_untouched(candidate, reference, rng, heads, masked):
    q, k, v = (normal(rng, 2, 5, 4) for _ in range(3))
    mask = np.tril(np.ones((5, 5), dtype=bool), k=-1) if masked else None

    def seen(result):  # without the query that may attend to nothing: what it gets is asked for elsewhere
        return [x[:, int(masked) :] for x in ([result] if heads else result)]

    name = "multi_head_attention" if heads else "scaled_dot_product_attention"
    arguments = (q, k, v, make_params(rng, 4), 2, mask) if heads else (q, k, v, mask)
    result, after = inputs_after(getattr(candidate, name), *arguments)
    assert_close(seen(result), seen(getattr(reference, name)(*arguments)), **CLOSE)
    assert_close(after[:3], arguments[:3], rtol=0, atol=0)
    if heads:
        assert_close(after[3], arguments[3], rtol=0, atol=0)
    if masked:
        assert np.array_equal(after[-1], mask), "the mask was changed"


@criterion(points=4, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize(
    "kind",
    ["depths differ", "lengths differ", "mask of another length", "mask of a larger batch", "5 heads for 8", "0 heads"],
)
def test_bad_arguments(candidate, rng, kind):
    q, k, v, mask = normal(rng, 2, 3, 8), normal(rng, 2, 6, 8), normal(rng, 2, 6, 8), np.ones((3, 6), dtype=bool)
    if "heads" in kind:
        params = make_params(rng, 8)
        assert_raises("ValueError", candidate.multi_head_attention, q, k, v, params, int(kind[0]))
        assert candidate.multi_head_attention(q, k, v, params, 2).shape == (2, 3, 8)
        return
    bad = {
        "depths differ": (q[..., :5], k, v),
        "lengths differ": (q, k, v[:, :4]),
        "mask of another length": (q, k, v, mask[:, :4]),
        "mask of a larger batch": (q[:1], k[:1], v[:1], np.stack([mask, mask])),
    }[kind]
    assert_raises("ValueError", candidate.scaled_dot_product_attention, *bad)
    assert candidate.scaled_dot_product_attention(q, k, v, mask)[0].shape == (2, 3, 8)
