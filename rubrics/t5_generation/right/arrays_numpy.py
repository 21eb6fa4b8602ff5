# /// right
# framework = "numpy"
# style = "whole-array operations: np.insert, np.delete, np.roll; arrays as results"
# ///

import numpy as np


def shift_right(labels, decoder_start_id, pad_id):
    shifted = np.roll(np.array(labels), 1, axis=-1)
    shifted[..., 0] = decoder_start_id
    shifted[shifted == -100] = pad_id
    return shifted


def corrupt_spans(ids, spans, sentinel_ids):
    ids, spans, sentinels = np.array(ids), np.array(spans, int).reshape(-1, 2), np.array(sentinel_ids)
    starts, ends = spans.T
    count = len(spans)
    if len(sentinels) < count + 1:
        raise ValueError("sentinels")
    if (starts >= ends).any() or (starts[1:] < ends[:-1]).any():
        raise ValueError("spans")
    if count and (starts[0] < 0 or ends[-1] > len(ids)):
        raise ValueError("range")
    steps = np.zeros(len(ids) + 1, int)
    np.add.at(steps, starts, 1)
    np.add.at(steps, ends, -1)
    hidden = np.cumsum(steps)[:-1] > 0
    inputs = ids.copy()
    inputs[starts] = sentinels[:count]
    kept = ~hidden
    kept[starts] = True
    lengths = np.cumsum(ends - starts) - (ends - starts)
    targets = np.append(np.insert(ids[hidden], lengths, sentinels[:count]), sentinels[count])
    return inputs[kept], targets


def greedy_decode(step_logits, input_ids, start_id, eos_id, max_length):
    if max_length <= 0:
        raise ValueError("max_length")
    ids = np.full(max_length, start_id)
    for n in range(1, max_length):
        ids[n] = np.argmax(step_logits(np.asarray(input_ids), ids[:n].copy()))
        if ids[n] == eos_id:
            return ids[: n + 1]
    return ids
