# /// right
# framework = "tensorflow"
# style = "subclassed keras models, keras losses, one persistent tape, optimizers kept in a dictionary"
# ///

import keras
import numpy as np
import tensorflow as tf

cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
STEPS = {}


class Generator(keras.Model):
    def __init__(self, latent_dim, out_dim):
        super().__init__()
        self.latent_dim = latent_dim
        self.inner = [keras.layers.Dense(80, activation="silu") for _ in range(2)]
        self.outer = keras.layers.Dense(out_dim)

    def call(self, z):
        for layer in self.inner:
            z = layer(z)
        return self.outer(z)


class Discriminator(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = [keras.layers.Dense(80) for _ in range(2)]
        self.outer = keras.layers.Dense(1)

    def call(self, x):
        for layer in self.inner:
            x = tf.nn.leaky_relu(layer(x))
        return tf.squeeze(self.outer(x), axis=-1)


def build_generator(latent_dim, out_dim):
    if latent_dim < 1 or out_dim < 1:
        raise ValueError("dimensions")
    model = Generator(latent_dim, out_dim)
    model(tf.zeros((1, latent_dim)))
    return model


def build_discriminator(in_dim):
    if in_dim < 1:
        raise ValueError("in_dim")
    model = Discriminator()
    model(tf.zeros((1, in_dim)))
    return model


def discriminator_loss(real_logits, fake_logits):
    if tf.size(real_logits) == 0 or tf.size(fake_logits) == 0:
        raise ValueError("no logits")
    return losses(real_logits, fake_logits)


def losses(real, fake):
    real, fake = tf.reshape(real, [-1, 1]), tf.reshape(fake, [-1, 1])
    return cross_entropy(tf.ones_like(real), real) + cross_entropy(tf.zeros_like(fake), fake)


def generator_loss(fake_logits):
    if tf.size(fake_logits) == 0:
        raise ValueError("no logits")
    fake = tf.reshape(fake_logits, [-1, 1])
    return cross_entropy(tf.ones_like(fake), fake)


def step_of(generator, discriminator):
    """The compiled step of one pair of models, with its optimizers."""
    key = id(generator), id(discriminator)
    if key not in STEPS:
        optimizers = [keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)]
        models = discriminator, generator
        for optimizer, model in zip(optimizers, models, strict=True):
            optimizer.build(model.trainable_variables)

        @tf.function(reduce_retracing=True)
        def step(real, z):
            with tf.GradientTape(persistent=True) as tape:
                fake = discriminator(generator(z))
                d_loss = losses(discriminator(real), fake)
                g_loss = cross_entropy(tf.ones_like(fake[:, None]), fake[:, None])
            found = [tape.gradient(loss, model.trainable_variables) for loss, model in zip((d_loss, g_loss), models)]
            for optimizer, model, gradients in zip(optimizers, models, found):
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            return d_loss, g_loss

        STEPS[key] = step, models
    return STEPS[key][0]


def train_step(generator, discriminator, real, seed):
    if real.shape[0] == 0:
        raise ValueError("no rows")
    z = np.random.default_rng(seed).standard_normal((real.shape[0], generator.latent_dim)).astype(np.float32)
    return step_of(generator, discriminator)(tf.convert_to_tensor(real), tf.constant(z))


def train(generator, discriminator, data, steps, seed):
    if data.shape[0] == 0 or steps < 0:
        raise ValueError("data or steps")
    rng = np.random.default_rng([seed, 1])
    rows, step = np.asarray(data), step_of(generator, discriminator)
    for _ in range(steps):
        batch = rows[rng.integers(0, len(rows), 128)]
        step(tf.constant(batch), tf.constant(rng.standard_normal((128, generator.latent_dim)).astype(np.float32)))
    return generator


def sample(generator, n, seed):
    if n < 0:
        raise ValueError("n")
    z = np.random.default_rng(seed).standard_normal((n, generator.latent_dim)).astype(np.float32)
    return generator(z).numpy()
