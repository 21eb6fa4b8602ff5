"""Sampling text from a language model, one token at a time, with temperature, top-k and nucleus truncation.

Top-k: Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation" (2018), section 5.
Nucleus (top-p): Holtzman et al., "The Curious Case of Neural Text Degeneration" (2020), section 3.1.
"""

import math

import tensorflow as tf


def filter_logits(logits, top_k, top_p):
    """[V] -> [V]: the logits of the `top_k` greatest and, of these, of the smallest set that holds `top_p`; else -inf.

    Raises ValueError unless top_k >= 1 and 0 < top_p <= 1 (None: no limit).
    """
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must lie in (0, 1], got {top_p}")
    if top_k is None and top_p in (None, 1):
        return logits  # most of the time of a draw would go into ranking them
    ranked = tf.argsort(logits, direction="DESCENDING", stable=True)[:top_k]  # greatest first, equals by id
    probabilities = tf.nn.softmax(tf.cast(tf.gather(logits, ranked), tf.float64))
    greater = tf.cumsum(probabilities, exclusive=True)  # what the greater ones hold together
    kept = tf.scatter_nd(ranked[:, None], greater < (math.inf if top_p in (None, 1) else top_p), tf.shape(logits))
    return tf.where(kept, logits, -math.inf)


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    """[T] -> [T + n], n <= max_new_tokens: each token ~ softmax(filter(logits / temperature)), up to `eos_id`.

    Raises ValueError for an empty prompt, a negative max_new_tokens or temperature, and as `filter_logits` does.
    """
    if len(prompt) == 0:
        raise ValueError("the prompt must hold at least one token")
    if max_new_tokens < 0:
        raise ValueError(f"max_new_tokens must not be negative, got {max_new_tokens}")
    if temperature < 0:
        raise ValueError(f"temperature must not be negative, got {temperature}")
    ids = tf.cast(prompt, tf.int64)
    for step in range(max_new_tokens):
        logits = tf.cast(next_logits(ids), tf.float64)
        if temperature == 0:
            token = tf.argmax(filter_logits(logits, top_k, top_p))
        else:
            filtered = filter_logits(logits / temperature, top_k, top_p)
            token = tf.random.stateless_categorical(filtered[None], 1, seed=[seed, step])[0, 0]
        ids = tf.concat([ids, [token]], axis=0)
        if token == eos_id:
            break
    return ids
