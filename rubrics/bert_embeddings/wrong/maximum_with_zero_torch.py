# /// wrong
# framework = "torch"
# loses = ["test_max"]
# also = [
#     "test_padding",
#     "test_float64",
#     "test_nothing_real",
#     "test_bert",
#     "test_bert_batch",
#     "test_bert_long_texts",
#     "test_gradients",
#     "test_bad_arguments",
#     "test_bert_left_as_found",
# ]
# diagnosis = "the maximum is over vectors whose padding is 0, above negative features"
# diagnosis_zh = "取最大值时填充为 0，高于为负的特征"
# ///

import math

import torch


def embed(token_ids, segment_ids, params):
    """[B, T] ids of tokens and segments -> [B, T, D]: the layer norm of token + position + segment.

    Raises ValueError where shapes differ, an id is not in its table, or the text is longer than the position table.
    """
    if token_ids.shape != segment_ids.shape:
        raise ValueError("token ids and segment ids must have one shape")
    length = token_ids.shape[1]
    if length > len(params["position"]):
        raise ValueError(f"there are {len(params['position'])} positions, too few for {length} tokens")
    for ids, table in ((token_ids, params["token"]), (segment_ids, params["segment"])):
        if (ids < 0).any() or (ids >= len(table)).any():
            raise ValueError(f"an id is not among the {len(table)} of its table")
    x = params["token"][token_ids] + params["position"][:length] + params["segment"][segment_ids]
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + 1e-12) * params["gamma"] + params["beta"]


def sentence_embedding(hidden, mask, pooling):
    """[B, T, D] and [B, T] -> [B, D]: the first vector, or the mean or maximum of those of real tokens.

    Mean and maximum over no token are zeros. Raises ValueError for another mask and for an unknown pooling.
    """
    if mask.shape != hidden.shape[:2]:
        raise ValueError(f"the mask must be {tuple(hidden.shape[:2])}, got {tuple(mask.shape)}")
    if pooling == "cls":
        return hidden[:, 0]
    mask = mask[..., None]
    if pooling == "mean":
        return hidden.masked_fill(~mask, 0).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
    if pooling == "max":
        return hidden.masked_fill(~mask, 0).amax(dim=1)
    raise ValueError(f"pooling must be cls, mean or max, got {pooling!r}")


@torch.no_grad()
def encode_sentences(model, tokenizer, texts, pooling):
    """N texts -> [N, D]: the pooled last vectors of a `transformers` BERT, of as much of each text as it can read.

    Raises ValueError where there is no text, and for an unknown pooling.
    """
    if not texts:
        raise ValueError("there is no text")
    window = model.config.max_position_embeddings
    batch = tokenizer(texts, padding=True, truncation=True, max_length=window, return_tensors="pt")
    training = model.training
    model.eval()
    try:
        hidden = model(**batch).last_hidden_state
    finally:
        model.train(training)
    return sentence_embedding(hidden, batch["attention_mask"].bool(), pooling)
