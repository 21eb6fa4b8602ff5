"""T5's text-to-text form: decoder inputs, the span corruption that it is trained on, and greedy decoding.

Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer" (2020): section 3.1.4
and figure 2 (span corruption), section 2.4 (greedy decoding).
"""

import torch


def shift_right(labels, decoder_start_id, pad_id):
    """[B, T] -> [B, T]: what the decoder reads to predict `labels`; ignored labels (-100) are read as padding."""
    starts = torch.full_like(labels[:, :1], decoder_start_id)
    shifted = torch.cat([starts, labels[:, :-1]], dim=1)
    return shifted.masked_fill(shifted == -100, pad_id)


def corrupt_spans(ids, spans, sentinel_ids):
    """[T] -> (inputs, targets): span i of the text gives way to sentinel i, which announces it in the targets.

    Spans are half-open. Raises ValueError where one is empty, out of range, or begins before the one before it ends,
    and unless there are more sentinels than spans.
    """
    ids, sentinel_ids = torch.as_tensor(ids).tolist(), torch.as_tensor(sentinel_ids).tolist()
    if len(sentinel_ids) <= len(spans):
        raise ValueError(f"{len(spans)} spans need {len(spans) + 1} sentinels, got {len(sentinel_ids)}")
    inputs, targets, reached = [], [], 0
    for (start, end), sentinel in zip(spans, sentinel_ids, strict=False):
        if not reached <= start < end <= len(ids):
            raise ValueError(f"the span ({start}, {end}) is empty, out of range, or overlaps the one before it")
        inputs += [*ids[reached:start], sentinel]
        targets += [sentinel, *ids[start:end]]
        reached = end
    return [*inputs, *ids[reached:]], [*targets, sentinel_ids[len(spans)]]


def greedy_decode(step_logits, input_ids, start_id, eos_id, max_length):
    """[S] -> [L], L <= max_length: from `start_id`, the most likely token at each step, up to `eos_id`.

    Raises ValueError for a max_length below 1.
    """
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, got {max_length}")
    ids = [start_id]
    while len(ids) < max_length:
        token = int(step_logits(input_ids, torch.tensor(ids)).argmax())
        ids.append(token)
        if token == eos_id:
            break
    return ids
