# /// right
# framework = "tensorflow"
# style = "one span length after another over the whole batch, in numpy inside; a tuple of tensors"
# ///

import numpy as np
import tensorflow as tf


def best_span(start_logits, end_logits, context_mask, max_answer_len):
    start, end, score = batch_best_span(
        tf.expand_dims(start_logits, 0), tf.expand_dims(end_logits, 0), tf.expand_dims(context_mask, 0), max_answer_len
    )
    return tf.squeeze(start), tf.squeeze(end), tf.squeeze(score)


def batch_best_span(start_logits, end_logits, context_mask, max_answer_len):
    starts, ends, mask = start_logits.numpy(), end_logits.numpy(), context_mask.numpy()
    if starts.shape != ends.shape or starts.shape != mask.shape:
        raise ValueError("the arrays must be alike")
    if max_answer_len < 1:
        raise ValueError("max_answer_len must be positive")
    if not mask.any(-1).all():
        raise ValueError("there must be a context")
    length = starts.shape[1]
    starts, ends = np.where(mask, starts, -np.inf), np.where(mask, ends, -np.inf)
    best, distance = np.full(starts.shape, -np.inf, starts.dtype), np.zeros(starts.shape, np.int64)
    for d in range(min(length, max_answer_len)):
        scores = starts[:, : length - d] + ends[:, d:]
        better = scores > best[:, : length - d]
        np.copyto(best[:, : length - d], scores, where=better)
        np.copyto(distance[:, : length - d], d, where=better)
    first = np.argmax(best, axis=1)
    rows = np.arange(len(first))
    return tf.constant(first), tf.constant(first + distance[rows, first]), tf.constant(best[rows, first])


def answer_text(tokens, span):
    if not (0 <= span[0] <= span[1] <= len(tokens) - 1):
        raise ValueError("the span must lie within the tokens")
    text = tokens[span[0]].removeprefix("##")
    for token in tokens[span[0] + 1 : span[1] + 1]:
        text += token[2:] if token[:2] == "##" else " " + token
    return text


def no_answer(start, end, mask, threshold):
    _, _, score = best_span(start, end, mask, start.shape[0])
    return start[0] + end[0] - score > threshold
