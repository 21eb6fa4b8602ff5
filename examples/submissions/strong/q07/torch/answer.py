import torch

from corruption import Corruption

NOT_CHOSEN = -100


def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"probability is {probability}")
    corruption = Corruption(mask_id, vocab_size, torch.Generator().manual_seed(seed))
    is_special = sum((ids == special for special in special_ids), torch.zeros_like(ids, dtype=torch.bool))
    chosen = corruption.choose(ids.shape, probability) & ~is_special

    inputs, labels = ids.clone(), torch.full_like(ids, NOT_CHOSEN)
    labels[chosen] = ids[chosen]
    inputs[chosen] = corruption(ids[chosen])
    return inputs, labels


def mlm_loss(logits, labels):
    if tuple(labels.shape) != tuple(logits.shape[:2]):
        raise ValueError("logits and labels differ in shape")
    counts = (labels != NOT_CHOSEN).to(logits.dtype)
    log_probs = torch.log_softmax(logits, dim=-1)
    picked = log_probs.gather(-1, labels.clamp_min(0).unsqueeze(-1)).squeeze(-1)
    return -(picked * counts).sum() / counts.sum().clamp_min(1.0)
