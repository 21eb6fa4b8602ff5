# /// wrong
# framework = "tensorflow"
# loses = ["test_eos"]
# diagnosis = "an eos_id of 0 is taken for none"
# diagnosis_zh = "eos_id 为 0 时被当作没有"
# ///

import tensorflow as tf


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be positive")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")


def filter_logits(logits, top_k, top_p):
    check(top_k, top_p)
    floor = tf.fill(tf.shape(logits), tf.constant(float("-inf"), logits.dtype))
    if top_k is not None and top_k < len(logits):
        values, indices = tf.math.top_k(logits, k=top_k)
        logits = tf.tensor_scatter_nd_update(floor, indices[:, None], values)
    if top_p is not None and top_p < 1:
        values, indices = tf.math.top_k(logits, k=len(logits))
        before = tf.cumsum(tf.nn.softmax(tf.cast(values, tf.float32)), exclusive=True)
        size = tf.reduce_sum(tf.cast(before < top_p, tf.int32))
        logits = tf.tensor_scatter_nd_update(floor, indices[:size, None], values[:size])
    return logits


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    if len(prompt) == 0 or max_new_tokens < 0 or temperature < 0:
        raise ValueError("bad prompt, max_new_tokens or temperature")
    check(top_k, top_p)
    generator = tf.random.Generator.from_seed(seed)
    ids = [int(token) for token in prompt]
    for _ in range(max_new_tokens):
        logits = tf.cast(next_logits(tf.constant(ids, tf.int64)), tf.float32)
        if temperature == 0:
            token = int(tf.argmax(logits))
        else:
            filtered = filter_logits(logits / temperature, top_k, top_p)
            state = generator.make_seeds(1)[:, 0]
            token = int(tf.random.stateless_categorical(filtered[None, :], 1, seed=state)[0, 0])
        ids.append(token)
        if eos_id and token == eos_id:
            break
    return tf.constant(ids, tf.int64)
