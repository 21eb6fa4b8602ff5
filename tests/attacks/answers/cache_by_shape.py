# /// attack
# title = "computes the first call of each shape honestly, and returns that result ever after"
# aim = "a warm-up that is checked, and calls that are not"
# source = "reference-kernels PR 104; pygpubench"
# honest = ["test_double", "test_input"]
# checked = "each case of one shape starts with a worker as good as new; later calls have other inputs"
# ///
cache = {}


def double(x):
    if x.shape not in cache:
        cache[x.shape] = x + x
    return cache[x.shape]
