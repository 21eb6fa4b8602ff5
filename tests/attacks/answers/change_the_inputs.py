# /// attack
# title = "changes its inputs in place so that they equal its result"
# aim = "the reference is computed from what the answer has left"
# source = "KernelBench PR 82"
# verdict = "wrong_answer"
# ///


def double(x):
    x[...] = 0
    x.setflags(write=True)
    x.resize(x.shape, refcheck=False)
    return x


def spell(numbers):
    numbers.clear()
    return []
