# /// right
# framework = "tensorflow"
# style = "tf.argsort and stateless categorical draws"
# ///

import numpy as np
import tensorflow as tf


def filter_logits(logits, top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError("top_p")
    order = tf.argsort(logits, direction="DESCENDING", stable=True)
    ranked = tf.cast(tf.gather(logits, order), tf.float64)
    size = logits.shape[0]
    keep = tf.range(size) < (size if top_k is None else min(top_k, size))
    if top_p is not None and top_p < 1:
        probs = tf.nn.softmax(tf.where(keep, ranked, tf.constant(-np.inf, tf.float64)))
        keep &= tf.cumsum(probs, exclusive=True) < top_p
    kept = tf.scatter_nd(order[:, None], tf.cast(keep, tf.int32), (size,)) > 0
    return tf.where(kept, logits, tf.cast(-np.inf, logits.dtype))


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    if len(prompt) == 0 or max_new_tokens < 0 or temperature < 0:
        raise ValueError("arguments")
    if (top_k is not None and top_k < 1) or (top_p is not None and (top_p <= 0 or top_p > 1)):
        raise ValueError("filter")
    ids = np.array(prompt).astype(np.int64)
    for step in range(max_new_tokens):
        logits = tf.cast(next_logits(tf.constant(ids)), tf.float64)
        if temperature == 0:
            token = int(tf.argmax(logits))
        else:
            kept = filter_logits(logits / temperature, top_k, top_p)
            token = int(tf.random.stateless_categorical(kept[None], 1, seed=(seed, step))[0, 0])
        ids = np.append(ids, token)
        if eos_id is not None and token == eos_id:
            break
    return tf.constant(ids)
