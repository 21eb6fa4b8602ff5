def mask_tokens(ids, mask_id, vocab_size, special_ids, probability=0.15, seed=0):
    return ids, ids


def mlm_loss(logits, labels):
    return 0.0
