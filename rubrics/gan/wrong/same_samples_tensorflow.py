# /// wrong
# framework = "tensorflow"
# loses = ["test_sample"]
# diagnosis = "samples do not depend on the seed"
# diagnosis_zh = "样本不随种子变化"
# ///

import numpy as np
import tensorflow as tf
from tensorflow import keras


def network(in_dim, activation, out_dim):
    if in_dim < 1 or out_dim < 1:
        raise ValueError("dimensions must be at least 1")
    inputs = keras.Input(shape=(in_dim,))
    x = keras.layers.Dense(64, activation=activation)(inputs)
    x = keras.layers.Dense(64, activation=activation)(x)
    model = keras.Model(inputs, keras.layers.Dense(out_dim)(x))
    model.opt = keras.optimizers.Adam(1e-3, beta_1=0.5)
    model.opt.build(model.trainable_variables)
    return model


def build_generator(latent_dim, out_dim):
    return network(latent_dim, "relu", out_dim)


def build_discriminator(in_dim):
    return network(in_dim, "leaky_relu", 1)


def noise(generator, n, seed):
    if n < 1:
        raise ValueError("an empty batch")
    return tf.random.stateless_normal((n, generator.input_shape[-1]), seed=(seed, 1))


def bce(label, logits):
    if logits.shape[0] == 0:
        raise ValueError("an empty batch")
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(label * tf.ones_like(logits), logits))


def discriminator_loss(real_logits, fake_logits):
    return bce(1.0, real_logits) + bce(0.0, fake_logits)


def generator_loss(fake_logits):
    return bce(1.0, fake_logits)


@tf.function
def update(generator, discriminator, real, z):
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake = generator(z, training=True)
        real_logits, fake_logits = discriminator(real, training=True), discriminator(fake, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_grads = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_grads = g_tape.gradient(g_loss, generator.trainable_variables)
    discriminator.opt.apply_gradients(zip(d_grads, discriminator.trainable_variables))
    generator.opt.apply_gradients(zip(g_grads, generator.trainable_variables))
    return d_loss, g_loss


def train_step(generator, discriminator, real, seed):
    d_loss, g_loss = update(generator, discriminator, real, noise(generator, len(real), seed))
    return d_loss, g_loss


def train(generator, discriminator, data, steps, seed):
    if steps < 0 or len(data) == 0:
        raise ValueError("nothing to train on")
    data, random = np.asarray(data), np.random.default_rng(seed)
    for _ in range(steps):
        batch = tf.constant(data[random.integers(len(data), size=128)])
        train_step(generator, discriminator, batch, int(random.integers(2**31)))


def sample(generator, n, seed):
    return generator(noise(generator, n, 0), training=False)
