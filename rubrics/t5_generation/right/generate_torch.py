# /// right
# framework = "torch"
# style = "model.generate for T5; tensors and torch operations for the rest; numpy arrays as results"
# ///

import numpy as np
import torch


def shift_right(labels, decoder_start_id, pad_id):
    shifted = torch.empty_like(labels)
    shifted[:, 0] = decoder_start_id
    shifted[:, 1:] = labels[:, :-1].clone()
    return torch.where(shifted == -100, torch.tensor(pad_id), shifted).numpy()


def corrupt_spans(ids, spans, sentinel_ids):
    ids = torch.as_tensor(ids)
    sentinels = torch.as_tensor(sentinel_ids).long()
    if sentinels.numel() < len(spans) + 1:
        raise ValueError("too few sentinels")
    bounds = [0] + [bound for span in spans for bound in span] + [len(ids)]
    if any(a > b for a, b in zip(bounds, bounds[1:], strict=False)) or any(a == b for a, b in spans):
        raise ValueError("bad spans")
    pieces = torch.tensor_split(ids, bounds[1:-1])
    inputs, targets = [], []
    for i, piece in enumerate(pieces):
        here, there = (targets, inputs) if i % 2 else (inputs, targets)
        here.append(piece)
        if i % 2 == 0:
            if i // 2 < len(spans):
                here.append(sentinels[i // 2 : i // 2 + 1])
            there.append(sentinels[i // 2 : i // 2 + 1])
    return torch.cat(inputs), torch.cat(targets)


def greedy_decode(step_logits, input_ids, start_id, eos_id, max_length):
    if max_length < 1:
        raise ValueError("max_length")
    ids = torch.tensor([start_id])
    for _ in range(max_length - 1):
        token = torch.as_tensor(step_logits(torch.as_tensor(input_ids), ids)).float().argmax()
        ids = torch.cat((ids, token.view(1)))
        if int(token) == eos_id:
            break
    return ids


def t5_greedy_decode(model, input_ids, attention_mask, max_length):
    if max_length < 1 or attention_mask.shape != input_ids.shape:
        raise ValueError("bad arguments")
    if max_length == 1:
        return np.full((len(input_ids), 1), model.config.decoder_start_token_id)
    mode = model.training
    model.eval()
    ids = model.generate(
        input_ids=input_ids, attention_mask=attention_mask.long(), max_length=max_length, do_sample=False, num_beams=1
    )
    model.train(mode)
    return ids.numpy()
