"""Generative adversarial nets with the non-saturating generator loss: Goodfellow et al., 2014 (arXiv:1406.2661),
section 3 and algorithm 1. Adam with beta_1 = 0.5 as in Radford et al., 2016 (arXiv:1511.06434), section 4.
"""

import keras
import tensorflow as tf
from keras import layers

HIDDEN, BATCH, LEARNING_RATE, BETA_1 = 64, 128, 1e-3, 0.5


def build_generator(latent_dim, out_dim):
    """G: noise z [B, latent_dim] -> samples [B, out_dim]."""
    return _network(latent_dim, layers.ReLU(), out_dim)


def build_discriminator(in_dim):
    """D: x [B, in_dim] -> logits [B, 1] of x being real."""
    return _network(in_dim, layers.LeakyReLU(0.2), 1)


def discriminator_loss(real_logits, fake_logits):
    """-E[log sigmoid(D(x))] - E[log(1 - sigmoid(D(G(z))))], where -log sigmoid(l) = softplus(-l)."""
    _check_not_empty(real_logits, fake_logits)
    return tf.reduce_mean(tf.math.softplus(-real_logits)) + tf.reduce_mean(tf.math.softplus(fake_logits))


def generator_loss(fake_logits):
    """-E[log sigmoid(D(G(z)))]."""
    _check_not_empty(fake_logits)
    return tf.reduce_mean(tf.math.softplus(-fake_logits))


def train_step(generator, discriminator, real, seed):
    """One step of descent for D, with G fixed, then one for G, with D fixed. real [B, in_dim]."""
    _check_not_empty(real)
    noise = _noise(generator, len(real), seed)
    d_loss, g_loss = _descend_both(generator, discriminator, real, noise)
    return float(d_loss), float(g_loss)


def train(generator, discriminator, data, steps, seed):
    """`steps` training steps on minibatches drawn from data [N, in_dim]."""
    _check_not_empty(data)
    if steps < 0:
        raise ValueError(f"steps must not be negative, not {steps}")
    random = tf.random.Generator.from_seed(seed)
    rows = random.uniform((steps, BATCH), maxval=len(data), dtype=tf.int32)
    seeds = random.uniform((steps,), maxval=2**62, dtype=tf.int64).numpy()
    for step in range(steps):
        train_step(generator, discriminator, tf.gather(data, rows[step]), seeds[step])


def sample(generator, n, seed):
    """G(z) for n draws of z ~ N(0, I): [n, out_dim]."""
    return generator(_noise(generator, n, seed), training=False)


@tf.function
def _descend_both(generator, discriminator, real, noise):
    with tf.GradientTape() as tape:
        d_loss = discriminator_loss(
            discriminator(real, training=True), discriminator(generator(noise, training=True), training=True)
        )
    _descend(discriminator, tape.gradient(d_loss, discriminator.trainable_variables))
    with tf.GradientTape() as tape:
        g_loss = generator_loss(discriminator(generator(noise, training=True), training=True))
    _descend(generator, tape.gradient(g_loss, generator.trainable_variables))
    return d_loss, g_loss


def _descend(network, gradients):
    network.optimizer.apply(gradients, network.trainable_variables)


def _noise(generator, n, seed):
    if n < 0:
        raise ValueError(f"n must not be negative, not {n}")
    return tf.random.stateless_normal((n, generator.input_shape[1]), seed=(seed, 0))


def _network(in_dim, activation, out_dim):
    if min(in_dim, out_dim) < 1:
        raise ValueError(f"dimensions must be at least 1, not {in_dim} and {out_dim}")
    network = keras.Sequential(
        [
            layers.Input((in_dim,)),
            *(layers.Dense(HIDDEN), activation),
            *(layers.Dense(HIDDEN), activation),
            layers.Dense(out_dim),
        ]
    )
    network.optimizer = keras.optimizers.Adam(LEARNING_RATE, BETA_1)
    network.optimizer.build(network.trainable_variables)
    return network


def _check_not_empty(*batches):
    if any(len(batch) == 0 for batch in batches):
        raise ValueError("a batch must not be empty")
