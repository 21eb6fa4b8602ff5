# /// wrong
# framework = "torch"
# loses = ["test_rows_do_not_depend_on_length"]
# also = [
#     "test_matches_formula", "test_far_positions", "test_odd_d_model", "test_base",
#     "test_sine_and_cosine_columns", "test_inner_products",
# ]
# diagnosis = "positions divided by the length of the sequence"
# diagnosis_zh = "位置除以了序列长度"
# ///

import torch


def positional_encoding(length, d_model, base=10000.0):
    if length < 0 or d_model < 1 or base <= 0:
        raise ValueError("need length >= 0, d_model >= 1 and base > 0")
    position = torch.arange(length, dtype=torch.float64) / max(length, 1)
    column = torch.arange(d_model)
    angle = position[:, None] / base ** (2 * (column // 2) / d_model)
    return torch.where(column % 2 == 0, angle.sin(), angle.cos()).float()
