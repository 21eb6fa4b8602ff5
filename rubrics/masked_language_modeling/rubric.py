"""What to look for in masked language modelling."""

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_frequencies,
    assert_gradients_close,
    assert_proportion,
    assert_raises,
    criterion,
    inputs_after,
    public,
)

IGNORED = -100
VOCAB, CLS, SEP, MASK = 30_522, 101, 102, 103
SPECIAL = [0, CLS, SEP, MASK]


def ordinary_ids(rng, shape):
    return rng.choice(np.setdiff1d(np.arange(VOCAB), SPECIAL), size=shape)


def sentences(rng, rows=32, length=256):
    """[CLS] … [SEP] and then padding: on average a quarter of the positions are special."""
    ids = ordinary_ids(rng, (rows, length))
    ids[:, 0] = CLS
    for row, end in zip(ids, rng.integers(length // 2, length, size=rows), strict=True):
        row[end], row[end + 1 :] = SEP, 0
    return ids


def seeds(rng, count=4):
    return rng.choice(2**31, size=count, replace=False).tolist()


def chosen_positions(ids, inputs, labels):
    """Where `labels` asks for a prediction; both arrays must hold the original ids everywhere else."""
    chosen = labels != IGNORED
    assert_close(labels, np.where(chosen, ids, IGNORED))
    assert_close(inputs, np.where(chosen, inputs, ids))
    return chosen


def masked(candidate, ids, seed, **options):
    """(inputs, chosen) of one call in BERT's vocabulary."""
    inputs, labels = candidate.mask_tokens(ids, MASK, VOCAB, SPECIAL, seed=seed, **options)
    return inputs, chosen_positions(ids, inputs, labels)


def fates(ids, inputs):
    """0 masked, 1 random, 2 unchanged.

    A random id may be the mask or the original, but in a vocabulary this large that does not show in the counts.
    """
    return np.where(inputs == MASK, 0, np.where(inputs != ids, 1, 2))


def logits_and_labels(rng, counts, length=12, vocab=9):
    """Random logits, and labels with `counts[b]` chosen positions in row b; the first of all is the token 0."""
    logits = (3 * rng.normal(size=(len(counts), length, vocab))).astype(np.float32)
    labels = np.full((len(counts), length), IGNORED)
    for row, count in zip(labels, counts, strict=True):
        row[rng.permutation(length)[:count]] = rng.integers(1, vocab, size=count)
    labels[tuple(np.argwhere(labels != IGNORED)[0])] = 0
    return logits, labels


@criterion(
    points=9,
    title="Labels hold the original id where chosen, -100 elsewhere",
    zh="标签在选中处为原来的 id，其余为 -100",
)
@pytest.mark.parametrize("rows, length", [(1, 512), (8, 64), (512, 1)])
def test_labels(candidate, rng, rows, length):
    ids = ordinary_ids(rng, (rows, length))
    inputs, labels = candidate.mask_tokens(ids, MASK, VOCAB, SPECIAL)
    assert inputs.dtype.kind == labels.dtype.kind == "i", (
        f"inputs are {inputs.dtype} and labels {labels.dtype}, not int64"
    )
    chosen = chosen_positions(ids, inputs, labels)
    assert chosen.any() and not chosen.all(), "of 512 tokens, none or all are chosen"
    assert (inputs != ids).any(), "no token is corrupted"


@criterion(
    points=10,
    title="Never chooses a special token, at probability 1 all others",
    zh="特殊词元绝不选中，概率为 1 时其余全部选中",
)
@pytest.mark.parametrize("special", [[0, CLS, SEP, MASK], [0], [5, 17, 30_000], []], ids=str)
def test_special_tokens(candidate, rng, special):
    ids = rng.choice([0, 5, 17, CLS, SEP, 2_000, 30_000], size=(16, 32))
    inputs, labels = candidate.mask_tokens(ids, MASK, VOCAB, special, probability=1.0)
    assert_close(labels, np.where(np.isin(ids, special), IGNORED, ids))
    assert_close(inputs[labels == IGNORED], ids[labels == IGNORED])
    assert (inputs[labels != IGNORED] == MASK).any(), "no chosen token is masked"


@criterion(points=10, title="Ordinary tokens are chosen at the given rate", zh="普通词元按给定的概率选中")
@pytest.mark.parametrize("probability", [None, 0.02, 0.4, 0.9])
def test_rate(candidate, rng, probability):
    ids, drawn = sentences(rng), seeds(rng)
    options = {} if probability is None else {"probability": probability}
    count = sum(int(masked(candidate, ids, seed, **options)[1].sum()) for seed in drawn)
    assert_proportion(count, len(drawn) * int((~np.isin(ids, SPECIAL)).sum()), probability or 0.15)


@criterion(points=13, title="80 % masked, 10 % random, 10 % unchanged", zh="80 % 遮盖、10 % 随机、10 % 不变")
@pytest.mark.parametrize("probability", [0.15, 0.3, 0.6])
def test_eighty_ten_ten(candidate, rng, probability):
    ids, counts = sentences(rng), np.zeros(3, int)
    for seed in seeds(rng):
        inputs, chosen = masked(candidate, ids, seed, probability=probability)
        counts += np.bincount(fates(ids, inputs)[chosen], minlength=3)
    assert counts.sum() > 0, "no token is chosen"
    assert_frequencies(counts, [0.8, 0.1, 0.1])


@criterion(points=8, title="Random tokens are uniform over the vocabulary", zh="随机词元在词表上均匀分布")
@pytest.mark.parametrize("special", [[0, 1], []], ids=str)
def test_random_tokens(candidate, rng, special):
    vocab, mask_id, original = 12, 1, 7
    ids = np.full((32, 256), original)
    found = np.zeros(vocab, int)
    for seed in seeds(rng):
        inputs, labels = candidate.mask_tokens(ids, mask_id, vocab, special, probability=0.7, seed=seed)
        assert inputs.min() >= 0 and inputs.max() < vocab, "a token outside the vocabulary"
        found += np.bincount(inputs[chosen_positions(ids, inputs, labels)], minlength=vocab)
    # An answer may draw or leave out special tokens, the mask and the original; the others are uniform either way.
    counts = np.delete(found, [0, mask_id, original])
    assert counts.sum() > 0, "no random tokens"
    assert_frequencies(counts, np.full(len(counts), 1 / len(counts)))


@criterion(points=6, title="Positions are chosen and treated independently", zh="各位置的选择与处理相互独立")
@pytest.mark.parametrize("what", ["choice", "treatment"])
def test_independence(candidate, rng, what):
    """Of a pair of tokens in one row, each outcome is as frequent as the product of the two says."""
    ids = ordinary_ids(rng, (8192, 2))
    inputs, chosen = masked(candidate, ids, seeds(rng)[0], probability=0.5 if what == "choice" else 1.0)
    if what == "choice":
        outcome, single = chosen.astype(int), np.array([0.5, 0.5])
    else:
        outcome, single = fates(ids, inputs), np.array([0.8, 0.1, 0.1])
    pairs = np.bincount(outcome @ [len(single), 1], minlength=len(single) ** 2)
    assert_frequencies(pairs, np.outer(single, single).ravel())


@criterion(
    points=7,
    title="Same seed, same result; another seed, an independent mask",
    zh="种子相同则结果相同，种子不同则掩码独立",
)
def test_seed(candidate, rng):
    ids = ordinary_ids(rng, (32, 256))
    first, second = seeds(rng, 2)
    inputs, chosen = masked(candidate, ids, first, probability=0.5)
    _, others = masked(candidate, ids, second, probability=0.5)
    assert_proportion(int(others[chosen].sum()), int(chosen.sum()), 0.5)
    assert_proportion(int(others[~chosen].sum()), int((~chosen).sum()), 0.5)
    again, chosen_again = masked(candidate, ids, first, probability=0.5)
    assert_close(again, inputs)
    assert_close(chosen_again, chosen)
    default = candidate.mask_tokens(ids, MASK, VOCAB, SPECIAL)
    assert_close(default, candidate.mask_tokens(ids, MASK, VOCAB, SPECIAL, seed=0))  # what is left out is 0


@criterion(points=5, title="The caller's ids are left as they were", zh="不修改调用者的 ids")
@pytest.mark.parametrize("probability", [0.15, 1.0])
def test_input_is_left_alone(candidate, rng, probability):
    ids = ordinary_ids(rng, (8, 64))
    (inputs, labels), after = inputs_after(candidate.mask_tokens, ids, MASK, VOCAB, SPECIAL, probability)
    assert_close(after[0], ids)
    assert (inputs[chosen_positions(ids, inputs, labels)] == MASK).any(), "no token is masked"


@criterion(points=12, title="The loss is the mean over the chosen positions alone", zh="损失只对选中的位置取平均")
@pytest.mark.parametrize("counts", [pytest.param([1], marks=public), [12], [3, 3, 3], [1, 11], [0, 4, 9, 0]], ids=str)
def test_loss(candidate, reference, rng, counts):
    logits, labels = logits_and_labels(rng, counts)
    logits[labels == IGNORED] *= 10
    assert_close(candidate.mlm_loss(logits, labels), reference.mlm_loss(logits, labels), rtol=1e-5, atol=1e-6)


@criterion(points=5, title="Nothing chosen costs 0", zh="没有选中时损失为 0")
@pytest.mark.parametrize("rows", [1, 4])
def test_nothing_chosen(candidate, reference, rng, rows):
    logits, labels = logits_and_labels(rng, [2] * rows)
    assert_close(candidate.mlm_loss(logits, labels), reference.mlm_loss(logits, labels), rtol=1e-5, atol=1e-6)
    assert_close(candidate.mlm_loss(logits, np.full_like(labels, IGNORED)), np.float32(0), rtol=0, atol=1e-6)


@criterion(points=5, title="Large logits do not overflow", zh="logits 很大时不溢出")
@pytest.mark.parametrize("scale, shift", [(1e4, 0), (1, 1e4), (1, -1e4)])
def test_large_logits(candidate, reference, rng, scale, shift):
    logits, labels = logits_and_labels(rng, [4, 2])
    logits = logits * np.float32(scale) + np.float32(shift)
    # A float32 of 1e4 is good to 1e-3, and so is a right answer that takes the logit from a log-sum-exp of that size.
    assert_close(candidate.mlm_loss(logits, labels), reference.mlm_loss(logits, labels), rtol=1e-5, atol=2e-2)


@criterion(points=5, title="The gradients of the loss", zh="损失的梯度", frameworks=("torch", "tensorflow"))
@pytest.mark.parametrize("scale", [1, 1e3])
def test_gradients(candidate, reference, rng, scale):
    logits, labels = logits_and_labels(rng, [5, 0, 2])
    logits *= np.float32(scale)
    assert_gradients_close(candidate.mlm_loss, reference.mlm_loss, logits, labels, wrt=(0,))


@criterion(points=5, title="The slopes of the loss", zh="损失的斜率", frameworks=("numpy",))
@pytest.mark.parametrize("where", ["everywhere", "chosen", "not chosen"])
def test_slopes(candidate, reference, rng, where):
    """The loss rises along a random direction as the reference does, and not at all where nothing is chosen."""
    logits, labels = logits_and_labels(rng, [5, 0, 2])
    moved = {"everywhere": np.full(labels.shape, True), "chosen": labels != IGNORED, "not chosen": labels == IGNORED}
    step = (0.1 * rng.normal(size=logits.shape) * moved[where][..., None]).astype(np.float32)
    rises = [f.mlm_loss(logits + step, labels) - f.mlm_loss(logits - step, labels) for f in (candidate, reference)]
    assert_close(*rises, rtol=1e-4, atol=1e-5)
    assert_close(candidate.mlm_loss(logits, labels), reference.mlm_loss(logits, labels), rtol=1e-5, atol=1e-6)


@criterion(points=3, title="Refuses a probability outside 0 … 1, and only that", zh="拒绝且只拒绝 0 到 1 之外的概率")
@pytest.mark.parametrize("probability", [pytest.param(-0.1, marks=public), 1.5])
def test_bad_probability(candidate, rng, probability):
    ids = ordinary_ids(rng, (4, 16))
    assert_raises("ValueError", candidate.mask_tokens, ids, MASK, VOCAB, SPECIAL, probability)
    assert masked(candidate, ids, 0, probability=1.0)[1].all(), "probability 1 must choose every ordinary token"
    assert not masked(candidate, ids, 0, probability=0.0)[1].any(), "probability 0 must choose no token"


@criterion(points=2, title="Refuses labels that do not fit the logits", zh="拒绝与 logits 形状不符的标签")
def test_labels_of_another_shape(candidate, reference, rng):
    logits, labels = logits_and_labels(rng, [2, 3])
    assert_raises("ValueError", candidate.mlm_loss, logits, labels[:, 1:])
    assert_close(candidate.mlm_loss(logits, labels), reference.mlm_loss(logits, labels), rtol=1e-5, atol=1e-6)
