# /// right
# framework = "torch"
# style = "one T5 row at a time with cached keys and values, its padding cut off; plain lists; a class that writes"
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


def t5_greedy_decode(model, input_ids, attention_mask, max_length):
    if attention_mask.size() != input_ids.size():
        raise ValueError("mask")
    modes = {module: module.training for module in model.modules()}
    model.eval()
    texts = []
    with torch.inference_mode():
        for row, mask in zip(input_ids, attention_mask, strict=True):
            writer = Writer(model.config.decoder_start_token_id, model.config.eos_token_id, max_length)
            encoded, past = model.get_encoder()(row[mask][None]), None
            while not writer.full:
                output = model(
                    encoder_outputs=encoded,
                    decoder_input_ids=torch.tensor([writer.ids[-1:]]),
                    past_key_values=past,
                    use_cache=True,
                )
                past = output.past_key_values
                writer.write(output.logits[0, -1].tolist())
            texts.append(writer.ids)
    for module, mode in modes.items():
        module.training = mode
    longest = max(map(len, texts))
    return torch.tensor([text + [model.config.pad_token_id] * (longest - len(text)) for text in texts])
