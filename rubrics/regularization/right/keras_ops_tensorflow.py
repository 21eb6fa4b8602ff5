# /// right
# framework = "tensorflow"
# style = "keras.ops; a shuffled share of draws by stateless_uniform; the gradient of train_linear from the Gram matrix"
# ///

import tensorflow as tf
from keras import ops


def total(function, weights):
    weights = list(weights) if isinstance(weights, (list, tuple)) else [weights]
    found = tf.zeros(())
    for w in weights:
        found += ops.sum(function(w))
    return found


def l1_penalty(weights, lam):
    if lam < 0:
        raise ValueError("lam")
    return total(ops.abs, weights) * lam


def l2_penalty(weights, lam):
    if lam < 0:
        raise ValueError("lam")
    return total(lambda w: w * w, weights) * lam


def dropout(x, rate, training, seed):
    if rate < 0 or rate > 1:
        raise ValueError("rate")
    if not training or rate == 0:
        return tf.identity(x)
    if rate == 1:
        return ops.zeros_like(x)
    dropped = tf.random.stateless_uniform(tf.shape(x), seed=(seed, 17)) < rate
    return ops.where(dropped, tf.zeros((), x.dtype), x * tf.cast(1 / (1 - rate), x.dtype))


def moved(p, g, lr, l1, l2, decoupled):
    return p * (1 - lr * (2 * l2 + decoupled)) - lr * (g + l1 * ops.sign(p))


def sgd_step(params, grads, lr, l1=0, l2=0, decoupled=0):
    if any(value < 0 for value in (lr, l1, l2, decoupled)):
        raise ValueError("negative")
    if list(sorted(params)) != list(sorted(grads)):
        raise ValueError("names")
    if not all(tuple(params[n].shape) == tuple(grads[n].shape) for n in params):
        raise ValueError("shapes")
    return {n: moved(params[n], grads[n], lr, l1, l2, decoupled).numpy() for n in params}


@tf.function(reduce_retracing=True)
def descend(gram, moment, l1, l2, steps, lr):
    w = tf.zeros_like(moment)
    for _ in tf.range(steps):
        w = moved(w, 2 * (tf.linalg.matvec(gram, w) - moment), lr, l1, l2, tf.zeros(()))
    return w


def train_linear(x, y, l1, l2, steps, lr):
    if x.shape[0] != y.shape[0] or l1 < 0 or l2 < 0 or steps < 0 or lr < 0:
        raise ValueError("arguments")
    n = float(x.shape[0])
    gram, moment = tf.matmul(x, x, transpose_a=True) / n, tf.linalg.matvec(x, y, transpose_a=True) / n
    strengths = [tf.constant(float(value)) for value in (l1, l2)]
    return descend(gram, moment, *strengths, tf.constant(steps), tf.constant(float(lr)))
