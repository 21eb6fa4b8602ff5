# /// right
# framework = "torch"
# style = "plain lists; a class that writes"
# ///

import torch


def shift_right(labels, decoder_start_id, pad_id):
    rows = []
    for row in labels.tolist():
        rows.append([decoder_start_id] + [pad_id if label == -100 else label for label in row[:-1]])
    return torch.tensor(rows)


def corrupt_spans(ids, spans, sentinel_ids):
    ids, sentinels = list(map(int, ids)), list(map(int, sentinel_ids))
    if len(sentinels) - 1 < len(spans):
        raise ValueError("sentinels")
    previous = 0
    for start, end in spans:
        if start < previous or end <= start or end > len(ids):
            raise ValueError("span")
        previous = end
    inputs, targets = list(ids), []
    for number in reversed(range(len(spans))):
        start, end = spans[number]
        targets = [sentinels[number]] + inputs[start:end] + targets
        inputs[start:end] = [sentinels[number]]
    return tuple(inputs), tuple(targets + [sentinels[len(spans)]])


class Writer:
    def __init__(self, start_id, eos_id, max_length):
        if max_length < 1:
            raise ValueError("max_length")
        self.ids, self.eos_id, self.max_length, self.ended = [start_id], eos_id, max_length, False

    @property
    def full(self):
        return self.ended or len(self.ids) == self.max_length

    def write(self, logits):
        best = max(range(len(logits)), key=lambda token: (logits[token], -token))
        self.ids.append(best)
        self.ended = best == self.eos_id


def greedy_decode(step_logits, input_ids, start_id, eos_id, max_length):
    writer = Writer(start_id, eos_id, max_length)
    while not writer.full:
        writer.write(step_logits(input_ids, list(writer.ids)).tolist())
    return writer.ids
