"""A generative adversarial network on vectors."""

import keras
import tensorflow as tf


def build_generator(latent_dim: int, out_dim: int) -> keras.Model:
    """The network from noise to samples.

    Args:
        latent_dim: the width of the noise.
        out_dim: the width of a sample.

    Returns:
        A model: standard normal noise [B, latent_dim] -> samples [B, out_dim], unbounded.

    Raises:
        ValueError: for a dimension below 1.
    """
    raise NotImplementedError


def build_discriminator(in_dim: int) -> keras.Model:
    """The network that tells real from fake. It ends in a linear layer with a bias; no batch normalisation.

    Args:
        in_dim: the width of a row.

    Returns:
        A model: rows [B, in_dim] -> logits [B, 1] or [B], high for what looks real.

    Raises:
        ValueError: for an in_dim below 1.
    """
    raise NotImplementedError


def discriminator_loss(real_logits: tf.Tensor, fake_logits: tf.Tensor) -> tf.Tensor:
    """The mean of -log sigmoid(real) plus the mean of -log(1 - sigmoid(fake)).

    Args:
        real_logits: [B, 1] or [B].
        fake_logits: [C, 1] or [C].

    Returns:
        A 0-d tensor, differentiable, right for logits of up to ±1000.

    Raises:
        ValueError: for an empty batch.
    """
    raise NotImplementedError


def generator_loss(fake_logits: tf.Tensor) -> tf.Tensor:
    """The mean of -log sigmoid(fake).

    Args:
        fake_logits: [B, 1] or [B].

    Returns:
        A 0-d tensor, differentiable, right for logits of up to ±1000.

    Raises:
        ValueError: for an empty batch.
    """
    raise NotImplementedError


def train_step(generator: keras.Model, discriminator: keras.Model, real: tf.Tensor, seed: int) -> tuple[float, float]:
    """One step for the discriminator, which leaves the generator alone, and one for the generator, which leaves the
    discriminator alone.

    Args:
        generator: what `build_generator` returned.
        discriminator: what `build_discriminator` returned.
        real: [B, in_dim].
        seed: decides the noise.

    Returns:
        (discriminator_loss, generator_loss).

    Raises:
        ValueError: for an empty batch.
    """
    raise NotImplementedError


def train(generator: keras.Model, discriminator: keras.Model, data: tf.Tensor, steps: int, seed: int) -> None:
    """Train both models in place.

    Args:
        generator: what `build_generator` returned.
        discriminator: what `build_discriminator` returned.
        data: [N, in_dim].
        steps: the number of training steps.
        seed: decides the noise and the minibatches.

    Raises:
        ValueError: for empty data or a negative number of steps.
    """
    raise NotImplementedError


def sample(generator: keras.Model, n: int, seed: int) -> tf.Tensor:
    """Samples of the generator, in inference mode.

    Args:
        generator: what `build_generator` returned.
        n: how many.
        seed: decides the noise.

    Returns:
        [n, out_dim].

    Raises:
        ValueError: for a negative n.
    """
    raise NotImplementedError
