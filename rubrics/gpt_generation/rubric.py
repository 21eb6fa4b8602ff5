"""What to look for in text generation: the filter, the loop around the model, and the statistics of what is drawn."""

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_frequencies,
    assert_raises,
    criterion,
    inputs_after,
    parameters,
    public,
    supply,
)

ARRAYS = ("numpy", "tensorflow")
LETTERS = list("abcdefghijklmnopqrstuvwxyz  ")
END_OF_TEXT = "<|endoftext|>"  # which a text may end with or without
NO_LIMIT = {"top_k": None, "top_p": None}


def softmax(logits):
    exponentials = np.exp(logits.astype(np.float64) - logits.max())
    return exponentials / exponentials.sum()


def nucleus(logits, size):
    """The `top_p` whose nucleus has `size` tokens: half-way between two partial sums, so that no rounding decides."""
    sums = np.cumsum(np.sort(softmax(logits))[::-1])
    return float(sums[size - 1] + (sums[size - 2] if size > 1 else 0)) / 2


def spread(rng, vocab_size, dtype=np.float32):
    """Logits from about 2 down to -2, evenly spread, in random order."""
    return rng.permutation(np.linspace(2, -2, vocab_size) + rng.uniform(-0.05, 0.05, vocab_size)).astype(dtype)


def context_model(rng, vocab_size):
    """A `next_logits` in which every token of the context has a say, according to its distance."""
    embedding, head = rng.normal(size=(vocab_size, 16)), rng.normal(size=(16, vocab_size))

    def next_logits(ids):
        ids = np.ravel(ids)
        context = np.cos(np.arange(len(ids)))[::-1] @ embedding[ids] / np.sqrt(len(ids))
        return (np.tanh(3 * context) @ head).astype(np.float32)

    return next_logits


def scripted_model(script, prompt_length, vocab_size=6):
    """A `next_logits` that is all but certain of the script's next token."""

    def next_logits(ids):
        logits = np.zeros(vocab_size, np.float32)
        logits[script[np.size(ids) - prompt_length]] = 60
        return logits

    return next_logits


def greedy(next_logits, prompt, count):
    ids = list(map(int, prompt))
    for _ in range(count):
        ids.append(int(np.argmax(next_logits(ids))))
    return ids


def as_ids(result):
    ids = np.asarray(result)
    assert ids.ndim == 1, f"the ids have shape {ids.shape}, not [T]"
    assert ids.dtype.kind in "iu", f"the ids are {ids.dtype}, not integers"
    return ids.tolist()


def drawn(candidate, logits, count, **options):
    """`count` tokens drawn by one call, each from the same logits."""
    ids = as_ids(candidate.generate(lambda ids: logits, [0], count, **options))
    assert len(ids) == count + 1, f"{len(ids) - 1} tokens were drawn in place of {count}"
    assert ids[0] == 0 and all(0 <= token < len(logits) for token in ids), "the ids are not the prompt's and drawn ones"
    return ids[1:]


def assert_drawn_from(tokens, probabilities):
    assert_frequencies(np.bincount(tokens, minlength=len(probabilities)), probabilities)


def random_text(rng, length):
    return "".join(rng.choice(LETTERS, size=length))


def assert_same_text(candidate, reference, prompt, max_new_tokens, *build_arguments):
    """Both continue the prompt, each by a model of its own built from the same seed; returns the two models."""
    model, tokenizer = supply(candidate, "tiny_gpt2.build", *build_arguments)
    twin, twin_tokenizer = supply(reference, "tiny_gpt2.build", *build_arguments)
    text = candidate.generate_text(model, tokenizer, prompt, max_new_tokens).removesuffix(END_OF_TEXT)
    assert text == reference.generate_text(twin, twin_tokenizer, prompt, max_new_tokens)
    return model, twin


@criterion(points=8, title="Top-k keeps the k greatest logits unchanged", zh="top-k 原样保留最大的 k 个 logit")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("top_k", [1, pytest.param(4, marks=public), 11])
def test_top_k(candidate, reference, rng, top_k, dtype):
    logits = spread(rng, 12, dtype)
    assert_close(candidate.filter_logits(logits, top_k, None), reference.filter_logits(logits, top_k, None))
    for everything in (None, 12, 40):
        assert_close(candidate.filter_logits(logits, everything, None), logits)


@criterion(points=10, title="The nucleus is the smallest set that reaches top_p", zh="核是达到 top_p 的最小集合")
@pytest.mark.parametrize("scale", [0.3, 1.5], ids=["flat", "peaked"])
@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_nucleus(candidate, reference, rng, size, scale):
    logits = (scale * spread(rng, 10)).astype(np.float32)
    top_p = nucleus(logits, size)
    assert_close(candidate.filter_logits(logits, None, top_p), reference.filter_logits(logits, None, top_p))
    for everything in (None, 1.0):
        assert_close(candidate.filter_logits(logits, None, everything), logits)


@criterion(points=6, title="Top-k first, then the nucleus of what it leaves", zh="先做 top-k，再对剩下的取核")
@pytest.mark.parametrize(("top_k", "size"), [pytest.param(3, 2, marks=public), (6, 3), (8, 5), (9, 1)])
def test_top_k_then_nucleus(candidate, reference, rng, top_k, size):
    logits = (0.5 * spread(rng, 10)).astype(np.float32)
    top_p = nucleus(np.sort(logits)[::-1][:top_k], size)
    assert_close(candidate.filter_logits(logits, top_k, top_p), reference.filter_logits(logits, top_k, top_p))


@criterion(points=6, title="Of equal logits the smaller id comes first", zh="logit 相等时 id 小的在前")
@pytest.mark.parametrize(("size", "copies"), [(2, 1), (5, 1), (8, 1), (45, 10)])  # many: a short sort is often stable
def test_ties(candidate, reference, rng, size, copies):
    logits = rng.permutation(copies * [2, 2, 2, 1, 1, 1, 1, 0, 0, 0]).astype(np.float32)
    top_p = nucleus(logits, size)
    assert_close(candidate.filter_logits(logits, size, None), reference.filter_logits(logits, size, None))
    assert_close(candidate.filter_logits(logits, None, top_p), reference.filter_logits(logits, None, top_p))
    assert drawn(candidate, logits, 8, temperature=0) == [int(np.argmax(logits))] * 8


@criterion(points=6, title="Logits of 1e4 and -inf, temperatures near 0", zh="1e4 与 -inf 的 logit，以及接近 0 的温度")
@pytest.mark.parametrize("kind", ["large", "impossible tokens", "low temperature"])
def test_extreme_logits(candidate, reference, rng, kind):
    if kind == "low temperature":
        logits = (50 * spread(rng, 8)).astype(np.float32)
        assert drawn(candidate, logits, 10, temperature=0.001) == [int(np.argmax(logits))] * 10
        return
    high, low = (1e4, -1e4) if kind == "large" else (0, -np.inf)
    logits = rng.permutation([high + 1, high, high - 0.5, high - 1, low, low / 2]).astype(np.float32)
    for top_k, top_p in [(5, None), (None, nucleus(logits, 3)), (5, nucleus(logits, 2))]:
        assert_close(candidate.filter_logits(logits, top_k, top_p), reference.filter_logits(logits, top_k, top_p))
    assert_drawn_from(drawn(candidate, logits, 150), softmax(logits))
    certain = rng.permutation([high, high - 100, low]).astype(np.float32)  # rounded, the first has all probability
    found = candidate.filter_logits(certain, None, 1.0)
    assert_close(found, np.where((found == -np.inf) & (certain < high), -np.inf, certain))


@criterion(points=8, title="Temperature 0 is greedy over all of the context", zh="温度为 0 时依据全部上文贪心选择")
@pytest.mark.parametrize("as_list", [True, False], ids=["list", "array"])
@pytest.mark.parametrize("vocab_size", [5, 50])
@pytest.mark.parametrize("options", [{}, {"top_k": 3, "top_p": 0.5}], ids=["plain", "filtered"])
def test_greedy(candidate, rng, vocab_size, as_list, options):
    next_logits = context_model(rng, vocab_size)
    prompt = rng.integers(vocab_size, size=4)
    ids = candidate.generate(next_logits, prompt.tolist() if as_list else prompt, 12, temperature=0, **options)
    assert as_ids(ids) == greedy(next_logits, prompt, 12)


@criterion(
    points=4,
    title="One call of next_logits a token, with the whole sequence",
    zh="每个词元以整个序列调用一次 next_logits",
)
@pytest.mark.parametrize("temperature", [0, 1.0], ids=["greedy", "sampled"])
def test_calls(candidate, rng, temperature):
    model, calls = context_model(rng, 20), []

    def next_logits(ids):
        calls.append(np.asarray(ids).tolist())
        return model(ids)

    prompt = [3, 1, 4]
    assert as_ids(candidate.generate(next_logits, prompt, 0, temperature=temperature)) == prompt
    assert calls == [], "next_logits was called though no token was asked for"
    ids = as_ids(candidate.generate(next_logits, prompt, 9, temperature=temperature))
    assert calls == [ids[:length] for length in range(3, 12)]


@criterion(points=6, title="The text ends after eos_id, and only there", zh="文本在 eos_id 之后结束，且只在那里结束")
@pytest.mark.parametrize(
    ("script", "eos_id", "length"),
    [
        pytest.param([3, 1, 4, 2, 5], 4, 3, marks=public),
        ([3, 1, 0, 2, 5], 0, 3),
        ([2, 1, 3, 1, 1], 2, 1),
        ([3, 1, 4, 2, 5], 5, 5),
    ],
    ids=["in the middle", "id 0", "at once", "at the end"],
)
def test_eos(candidate, script, eos_id, length):
    for temperature in (0, 1.0):
        calls = []

        def next_logits(ids, calls=calls):
            calls.append(len(ids))
            return scripted_model([*script, 0], 2)(ids)

        prompt = [eos_id, 1]
        ids = candidate.generate(next_logits, prompt, 6, temperature=temperature, eos_id=eos_id)
        assert as_ids(ids) == prompt + script[:length]
        assert len(calls) == length, f"{len(calls)} calls of next_logits for {length} tokens"
        assert as_ids(candidate.generate(next_logits, prompt, 5, temperature=temperature)) == prompt + script


@criterion(
    points=8, title="Drawn frequencies match the softmax at each temperature", zh="各温度下抽取的频率与 softmax 相符"
)
@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_temperature(candidate, rng, temperature):
    logits = (1.25 * spread(rng, 5)).astype(np.float32)
    seed = int(rng.integers(1000))
    tokens = drawn(candidate, logits, 200, temperature=temperature, seed=seed)
    assert_drawn_from(tokens, softmax(logits.astype(np.float64) / temperature))


@criterion(
    points=8,
    title="Nothing outside top-k and nucleus is drawn; temperature comes before the filter",
    zh="不抽取 top-k 和核以外的词元；先除以温度再过滤",
)
@pytest.mark.parametrize(
    ("temperature", "top_k", "size"),
    [(1.0, 3, None), (1.0, None, 4), (4.0, 5, 4), (0.5, None, 2)],
    ids=["top-k", "nucleus", "both, warm", "nucleus, cool"],
)
def test_truncation(candidate, reference, rng, temperature, top_k, size):
    logits = spread(rng, 8)
    tempered = (logits.astype(np.float64) / temperature).astype(np.float32)
    top_p = None if size is None else nucleus(np.sort(tempered)[::-1][:top_k], size)
    tokens = drawn(candidate, logits, 140, temperature=temperature, top_k=top_k, top_p=top_p)
    assert_drawn_from(tokens, softmax(reference.filter_logits(tempered, top_k, top_p)))


@criterion(points=4, title="The seed decides the draws", zh="抽样由种子决定")
@pytest.mark.parametrize("top_p", [None, 0.9])
def test_seed(candidate, reference, rng, top_p):
    logits = spread(rng, 40)
    texts = [drawn(candidate, logits, 15, top_k=20, top_p=top_p, seed=seed) for seed in (7, 8, 9, 7)]
    default = drawn(candidate, logits, 15, top_k=20, top_p=top_p)
    kept = np.flatnonzero(np.isfinite(reference.filter_logits(logits, 20, top_p)))
    assert all(set(text) <= set(kept.tolist()) for text in texts), "a token outside the filter was drawn"
    assert texts[0] == texts[3], "the same seed gave two different texts"
    assert default == drawn(candidate, logits, 15, top_k=20, top_p=top_p, seed=0), "the default seed is not 0"
    assert len(set(map(tuple, [*texts, default]))) == 4, "different seeds gave the same text"


@criterion(points=3, title="Arguments are left as they were", zh="参数保持不变")
@pytest.mark.parametrize("top_k", [2, None])
def test_arguments_untouched(candidate, reference, rng, top_k):
    logits = spread(rng, 9)
    top_p = nucleus(np.sort(logits)[::-1][:top_k], 2)
    filtered, after = inputs_after(candidate.filter_logits, logits, top_k, top_p)
    assert_close(filtered, reference.filter_logits(logits, top_k, top_p))
    assert_close(after[0], logits)
    next_logits = context_model(rng, 9)
    for prompt in ([5, 1, 2], np.array([5, 1, 2])):
        ids, after = inputs_after(candidate.generate, next_logits, prompt, 6, temperature=0)
        assert as_ids(ids) == greedy(next_logits, [5, 1, 2], 6)
        assert np.asarray(after[1]).tolist() == [5, 1, 2], "generate changed the caller's prompt"


@criterion(points=3, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ({"top_k": 0}, {"top_k": 1}),
        ({"top_k": -3}, {"top_k": 100}),
        ({"top_p": 0.0}, {"top_p": 1e-6}),
        ({"top_p": 1.5}, {"top_p": 1.0}),
        ({"temperature": -0.5}, {"temperature": 0}),
        ({"max_new_tokens": -1}, {"max_new_tokens": 0}),
        ({"prompt": []}, {"prompt": [1]}),
    ],
    ids=lambda options: " ".join(f"{name} {value}" for name, value in options.items()),
)
def test_bad_arguments(candidate, reference, rng, bad, good):
    usual = {"prompt": [2, 1], "max_new_tokens": 3}
    next_logits = scripted_model([4, 3, 5], len(good.get("prompt", usual["prompt"])))
    assert_raises("ValueError", candidate.generate, next_logits, **(usual | bad))
    arguments = usual | good
    expected = [*arguments["prompt"], 4, 3, 5][: len(arguments["prompt"]) + arguments["max_new_tokens"]]
    assert as_ids(candidate.generate(next_logits, **arguments)) == expected
    if bad.keys() & NO_LIMIT.keys():
        logits = spread(rng, 6)
        assert_raises("ValueError", candidate.filter_logits, logits, **(NO_LIMIT | bad))
        limits = NO_LIMIT | good
        assert_close(candidate.filter_logits(logits, **limits), reference.filter_logits(logits, **limits))


@criterion(
    points=7,
    title="Half-precision logits over a vocabulary of thousands",
    zh="几千个词元的词表上的半精度 logit",
    frameworks=ARRAYS,
)
@pytest.mark.parametrize("kind", ["filter", "draw", "low temperature"])
def test_half_precision(candidate, reference, rng, kind):
    if kind == "low temperature":  # divided in float16, such logits overflow
        logits = rng.permutation(np.arange(800, 900, 2)).astype(np.float16)
        assert drawn(candidate, logits, 10, temperature=0.01) == [int(np.argmax(logits))] * 10
        return
    logits = (0.5 * rng.normal(size=4096)).astype(np.float16)
    top_p = nucleus(logits, 2000)  # summed in float16, the probabilities never get there
    filtered = reference.filter_logits(logits, None, top_p)
    if kind == "filter":
        assert_close(candidate.filter_logits(logits, None, top_p), filtered)
        return
    probabilities = softmax(filtered)
    likely = probabilities > np.median(probabilities[probabilities > 0])
    group = likely.astype(int) + (probabilities > 0)  # 0: outside the nucleus; 1 and 2: its less and more likely half
    tokens = drawn(candidate, logits, 100, top_p=top_p)
    assert_frequencies(np.bincount(group[tokens], minlength=3), np.bincount(group, weights=probabilities))


@criterion(points=6, title="A vocabulary of GPT-2's size", zh="GPT-2 大小的词表", frameworks=ARRAYS)
@pytest.mark.parametrize(("top_k", "size"), [(50, None), (None, 400), (1000, 30)])
def test_large_vocabulary(candidate, reference, rng, top_k, size):
    logits = rng.permutation(-1.1 * np.log(np.arange(1, 50_258))).astype(np.float32)  # Zipf's law
    top_p = None if size is None else nucleus(np.sort(logits)[::-1][:top_k], size)
    filtered = reference.filter_logits(logits, top_k, top_p)
    assert_close(candidate.filter_logits(logits, top_k, top_p), filtered)
    kept = np.flatnonzero(np.isfinite(filtered))
    tokens = drawn(candidate, logits, 20, top_k=top_k, top_p=top_p)
    assert np.isin(tokens, kept).all(), "a token outside the filter was drawn"
    assert_drawn_from(np.searchsorted(kept, tokens), softmax(filtered[kept]))


@criterion(points=7, title="A long text follows its model throughout", zh="长文本自始至终遵循其模型", frameworks=ARRAYS)
@pytest.mark.parametrize("prompt", [[0], [3, 1, 4]])
def test_long_text(candidate, rng, prompt):
    steps = rng.permutation([0.5, 0.25, 0.15, 0.07, 0.03])  # of the next token from the sum of all before it, modulo 5
    ids = as_ids(candidate.generate(lambda ids: np.roll(np.log(steps), np.sum(ids)).astype(np.float32), prompt, 250))
    assert len(ids) == len(prompt) + 250
    assert_drawn_from((ids - np.cumsum([0, *ids[:-1]]))[len(prompt) :] % 5, steps)


@criterion(points=8, title="GPT-2: the greedy continuation", zh="GPT-2：贪心续写", frameworks=("torch",))
@pytest.mark.parametrize(("length", "max_new_tokens"), [(1, 12), (5, 10), (8, 8), (12, 4)])
def test_gpt2_text(candidate, reference, rng, length, max_new_tokens):
    assert_same_text(candidate, reference, random_text(rng, length), max_new_tokens, int(rng.integers(2**31)))


@criterion(points=6, title="GPT-2: beyond the context window", zh="GPT-2：超出上下文窗口", frameworks=("torch",))
@pytest.mark.parametrize(("length", "max_new_tokens"), [(6, 30), (40, 10), (90, 30)])
def test_gpt2_window(candidate, reference, rng, length, max_new_tokens):
    assert_same_text(candidate, reference, random_text(rng, length), max_new_tokens, int(rng.integers(2**31)))


@criterion(
    points=3, title="GPT-2: ends at the end-of-text token", zh="GPT-2：在文本结束词元处停止", frameworks=("torch",)
)
def test_gpt2_ends(candidate, reference, rng):
    for _ in range(8):
        assert_same_text(candidate, reference, random_text(rng, 4), 12, int(rng.integers(2**31)), True)


@criterion(
    points=2,
    title="GPT-2: no dropout, and the model is left as it was",
    zh="GPT-2：关闭 dropout，并使模型保持原样",
    frameworks=("torch",),
)
@pytest.mark.parametrize("training", [True, False])
def test_gpt2_left_as_found(candidate, reference, rng, training):
    seed = int(rng.integers(2**31))
    model, twin = assert_same_text(candidate, reference, random_text(rng, 5), 10, seed, False, training)
    assert model.training == training, "the model is no longer in the mode that it came in"
    assert_close(parameters(model), parameters(twin))


@criterion(points=1, title="GPT-2: refuses bad arguments", zh="GPT-2：拒绝错误的参数", frameworks=("torch",))
@pytest.mark.parametrize(("prompt", "max_new_tokens"), [("", 3), ("the cat", -1)])
def test_gpt2_bad_arguments(candidate, reference, rng, prompt, max_new_tokens):
    seed = int(rng.integers(2**31))
    model, tokenizer = supply(candidate, "tiny_gpt2.build", seed)
    assert_raises("ValueError", candidate.generate_text, model, tokenizer, prompt, max_new_tokens)
    assert_same_text(candidate, reference, prompt or "a", abs(max_new_tokens), seed)
