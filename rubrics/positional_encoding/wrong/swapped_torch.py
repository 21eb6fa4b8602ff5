# /// wrong
# framework = "torch"
# loses = ["test_sine_and_cosine_columns"]
# also = ["test_matches_formula", "test_far_positions", "test_odd_d_model", "test_base"]
# diagnosis = "cosine on even columns and sine on odd ones: the two are swapped"
# diagnosis_zh = "偶数列用余弦、奇数列用正弦：两者颠倒"
# ///

import torch


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    position = torch.arange(length, dtype=torch.float64).unsqueeze(1)
    frequency = base ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    table = torch.zeros(length, d_model)
    table[:, 0::2] = torch.cos(position * frequency).float()
    table[:, 1::2] = torch.sin(position * frequency[: d_model // 2]).float()
    return table
