"""What an answer is given in the flesh. It is sent into the answer's process, so it holds nothing that is secret."""


class Linear:
    """x -> x @ weight + bias, with weight [in, out] and bias [out]."""

    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def __call__(self, x):
        return x @ self.weight + self.bias


def build(weight, bias):
    return Linear(weight, bias)
