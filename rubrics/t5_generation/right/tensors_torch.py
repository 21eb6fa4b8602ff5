# /// right
# framework = "torch"
# style = "tensors and torch operations; results as numpy arrays and tensors"
# ///

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
