import torch


def positional_encoding(length, d_model, base=10000.0):
    for name, ok in (("length", length >= 0), ("d_model", d_model >= 1), ("base", base > 0)):
        if not ok:
            raise ValueError("bad " + name)
    pe = torch.zeros(length, d_model, dtype=torch.float64)
    position = torch.arange(length).double()
    for column in range(d_model):
        angle = position / base ** ((column // 2 * 2) / d_model)
        pe[:, column] = angle.sin() if column % 2 == 0 else angle.cos()
    return pe.to(torch.float32)
