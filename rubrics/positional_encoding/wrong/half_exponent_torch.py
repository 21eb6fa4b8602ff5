# /// wrong
# framework = "torch"
# loses = ["test_inner_products"]
# also = ["test_matches_formula", "test_far_positions", "test_odd_d_model", "test_base"]
# diagnosis = "exponent i / d_model instead of 2i / d_model"
# diagnosis_zh = "指数为 i / d_model，而不是 2i / d_model"
# ///

import torch


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    position = torch.arange(length, dtype=torch.float64).unsqueeze(1)
    pairs = torch.arange((d_model + 1) // 2, dtype=torch.float64)
    angle = position / base ** (pairs / d_model)
    table = torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
    return table[:, :d_model].float()
