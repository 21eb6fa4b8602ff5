# framework: keras
# Text generation; the model itself is a function that is handed in.

import keras
import tensorflow as tf

ops = keras.ops


def _ranking(logits):
    """Token ids, the most likely first; top_k puts the lower index first among equals."""
    return tf.math.top_k(logits, k=logits.shape[0]).indices


def filter_logits(logits, top_k, top_p):
    if not (top_k is None or top_k >= 1):
        raise ValueError("top_k starts at 1")
    if not (top_p is None or 0 < top_p <= 1):
        raise ValueError("top_p is a probability above 0")
    if (top_k is None or top_k >= logits.shape[0]) and top_p in (None, 1):
        return logits

    ranking = _ranking(logits)
    rank = tf.math.invert_permutation(ranking)
    size = logits.shape[0]
    limit = size if top_k is None else min(top_k, size)
    if top_p is not None and top_p < 1:
        best = tf.cast(tf.gather(logits, ranking[:limit]), tf.float64)
        reached = ops.cumsum(ops.softmax(best)) >= top_p
        # the first place where the sum reaches p still belongs to the nucleus; rounding may leave it just below 1
        limit = int(tf.argmax(reached)) + 1 if bool(tf.reduce_any(reached)) else limit
    return tf.where(rank < limit, logits, tf.constant(float("-inf"), logits.dtype))


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    if len(prompt) < 1:
        raise ValueError("there is nothing to continue")
    if max_new_tokens < 0:
        raise ValueError("max_new_tokens is negative")
    if temperature < 0:
        raise ValueError("temperature is negative")
    filter_logits(tf.zeros(1), top_k, top_p)

    noise = tf.random.Generator.from_seed(seed, alg="philox").uniform((max_new_tokens,), dtype=tf.float64)
    tokens = [int(token) for token in prompt]
    for i in range(max_new_tokens):
        logits = tf.cast(next_logits(tf.constant(tokens, tf.int64)), tf.float64)
        if temperature == 0:
            token = int(tf.argmax(logits))
        else:
            cdf = tf.cumsum(tf.nn.softmax(filter_logits(logits / temperature, top_k, top_p)))
            token = int(tf.searchsorted(cdf, noise[i : i + 1] * cdf[-1], side="right")[0])
        tokens.append(token)
        if token == eos_id:
            break
    return tf.constant(tokens, tf.int64)
