import tensorflow as tf
from tensorflow import keras

BATCH = 256


def mlp(inputs, outputs, activation):
    if inputs < 1 or outputs < 1:
        raise ValueError("a network needs at least one input and one output")
    x = first = keras.Input(shape=(inputs,))
    for _ in range(2):
        x = keras.layers.Dense(80, activation=activation)(x)
    return keras.Model(first, keras.layers.Dense(outputs)(x))


def build_generator(latent_dim, out_dim):
    return mlp(latent_dim, out_dim, "relu")


def build_discriminator(in_dim):
    return mlp(in_dim, 1, "leaky_relu")


def cross_entropy(logits, label):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(logits), label), logits))


def discriminator_loss(real_logits, fake_logits):
    if 0 in real_logits.shape or 0 in fake_logits.shape:
        raise ValueError("a batch is empty")
    return cross_entropy(real_logits, 1.0) + cross_entropy(fake_logits, 0.0)


def generator_loss(fake_logits):
    if 0 in fake_logits.shape:
        raise ValueError("the batch is empty")
    return cross_entropy(fake_logits, 1.0)


class Trainer:
    """The optimizers of one pair, and its compiled loop."""

    def __init__(self, generator, discriminator):
        self.generator, self.discriminator = generator, discriminator
        self.optimizers = [keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)]
        for optimizer, model in zip(self.optimizers, (generator, discriminator)):
            optimizer.build(model.trainable_variables)
        self.run = tf.function(self._run, reduce_retracing=True)

    def step(self, real, noise):
        g, d = self.generator, self.discriminator
        with tf.GradientTape(persistent=True) as tape:
            fake = g(noise, training=True)
            fake_logits = d(fake, training=True)
            d_loss = cross_entropy(d(real, training=True), 1.0) + cross_entropy(fake_logits, 0.0)
            g_loss = cross_entropy(fake_logits, 1.0)
        # both gradients are of the same state; each optimizer is given the variables of its own network alone
        g_grads = tape.gradient(g_loss, g.trainable_variables)
        d_grads = tape.gradient(d_loss, d.trainable_variables)
        self.optimizers[0].apply(g_grads, g.trainable_variables)
        self.optimizers[1].apply(d_grads, d.trainable_variables)
        return d_loss, g_loss

    def _run(self, data, batch, steps, seed):
        d_loss = g_loss = tf.constant(0.0)
        latent = self.generator.input_shape[-1]
        for i in tf.range(steps):
            here = tf.stack([seed, i])
            rows = tf.random.stateless_uniform([batch], here, 0, tf.shape(data)[0], tf.int32)
            noise = tf.random.stateless_normal([batch, latent], here)
            d_loss, g_loss = self.step(tf.gather(data, rows), noise)
        return d_loss, g_loss

    def one(self, real, seed):
        noise = tf.random.stateless_normal([len(real), self.generator.input_shape[-1]], [seed, 0])
        return self.step(real, noise)


def trainer_of(generator, discriminator):
    # kept with the pair: a generator that meets another discriminator gets a new one
    found = getattr(generator, "gan_trainer", None)
    if found is None or found.discriminator is not discriminator:
        found = generator.gan_trainer = Trainer(generator, discriminator)
    return found


def train_step(generator, discriminator, real, seed):
    if len(real) == 0:
        raise ValueError("the batch is empty")
    d_loss, g_loss = trainer_of(generator, discriminator).one(real, seed)
    return float(d_loss), float(g_loss)


def train(generator, discriminator, data, steps, seed):
    if len(data) == 0 or steps < 0:
        raise ValueError("nothing to train on")
    trainer_of(generator, discriminator).run(data, BATCH, tf.constant(steps), tf.constant(seed))


def sample(generator, n, seed):
    if n < 0:
        raise ValueError("n is negative")
    return generator(tf.random.stateless_normal([n, generator.input_shape[-1]], [seed, 1]), training=False)
