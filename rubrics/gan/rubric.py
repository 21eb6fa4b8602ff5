"""What to look for in a GAN: its losses, whom each step of its training moves, and whether it learns a distribution.

The answer's word is taken for nothing: which network a step has moved is read from the parameters before and after,
and a trained generator is judged by its samples alone.
"""

import functools

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_gradients_close,
    assert_learns,
    assert_raises,
    copy_parameters,
    criterion,
    parameters,
    public,
    set_mode,
    set_parameters,
)

LATENT = 4
SURE = 150.0  # a logit from which sigmoid(-logit) is 0 in float32 (it is below exp(-104)), also a step or two later

# ------------------------------------------------------------------------------------------------------------ losses


def logits(rng, *shape, scale=3.0):
    return (scale * rng.normal(size=shape)).astype(np.float32)


@criterion(points=7, title="The losses match the reference", zh="损失与参考实现一致")
@pytest.mark.parametrize("shape", [pytest.param((7, 1), marks=public), (12,)])
def test_losses(candidate, reference, rng, shape):
    real, fake = logits(rng, *shape), logits(rng, 3 + shape[0], *shape[1:])  # two batches need not be of one size
    assert_close(candidate.discriminator_loss(real, fake), reference.discriminator_loss(real, fake))
    assert_close(candidate.generator_loss(fake), reference.generator_loss(fake))


@criterion(points=7, title="The losses are right at logits of ±1000", zh="logits 为 ±1000 时损失正确")
@pytest.mark.parametrize(("real_side", "fake_side"), [pytest.param(-1, 1, marks=public), (-1, -1), (1, 1)])
def test_large_logits(candidate, rng, real_side, fake_side):
    """softplus(l) is l where l is large, and 0 where -l is."""
    real, fake = (side * rng.uniform(500, 1000, (6, 1)).astype(np.float32) for side in (real_side, fake_side))
    real_term, fake_term = np.maximum(-real, 0).mean(), np.maximum(fake, 0).mean()
    assert_close(float(candidate.discriminator_loss(real, fake)), float(real_term + fake_term), rtol=1e-5)
    assert_close(float(candidate.generator_loss(fake)), float(np.maximum(-fake, 0).mean()), rtol=1e-5, atol=1e-6)


@criterion(
    points=7,
    title="The losses' gradients: strong where the discriminator is sure of the fakes, finite everywhere",
    zh="损失的梯度：判别器确信样本为假时仍然强，且处处有限",
)
@pytest.mark.parametrize("scale", [1.0, 20.0, 1000.0])
def test_loss_gradients(candidate, reference, rng, scale):
    real, fake = logits(rng, 6, 1, scale=scale), logits(rng, 9, 1, scale=scale)
    assert_gradients_close(candidate.discriminator_loss, reference.discriminator_loss, real, fake, wrt=(0, 1))
    assert_gradients_close(candidate.generator_loss, reference.generator_loss, fake)


# ---------------------------------------------------------------------------------------------------------- networks


def batch(rng, rows, columns=2, scale=1.0):
    return (scale * rng.normal(size=(rows, columns))).astype(np.float32)


def pair(candidate):
    """A new generator and a new discriminator; each is called once, since some models are built by their first call."""
    generator, discriminator = candidate.build_generator(LATENT, 2), candidate.build_discriminator(2)
    generator(np.zeros((2, LATENT), np.float32))
    discriminator(np.zeros((2, 2), np.float32))
    return generator, discriminator


def copies(candidate, count):
    """Pairs with the same parameters."""
    first, *others = (pair(candidate) for _ in range(count))
    for other in others:
        for model, copy in zip(first, other, strict=True):
            copy_parameters(model, copy)
    return [first, *others]


def judged(discriminator, x):
    """The logits, one a row."""
    found = discriminator(x)
    assert found.shape in ((len(x),), (len(x), 1)), f"logits of shape {found.shape} for {len(x)} rows"
    return found.reshape(len(x)).astype(np.float64)


def assert_rows_stand_alone(model, x):
    """Returns the rows' outputs; each row's is the same in a batch of one."""
    together = model(x)
    assert np.isfinite(together).all()
    for i in range(len(x)):
        assert_close(model(x[i : i + 1]), together[i : i + 1], rtol=1e-3, atol=1e-5)
    return together


@criterion(points=4, title="The generator maps noise to samples, row by row", zh="生成器逐行把噪声变为样本")
@pytest.mark.parametrize(("latent_dim", "out_dim"), [(1, 5), (8, 2)])
def test_generator(candidate, rng, latent_dim, out_dim):
    generator = candidate.build_generator(latent_dim, out_dim)
    made = assert_rows_stand_alone(generator, batch(rng, 6, latent_dim))
    assert made.shape == (6, out_dim), f"shape {made.shape} in place of {(6, out_dim)}"
    assert len(np.unique(made, axis=0)) == 6, "different noise gives the same sample"
    assert parameters(generator, trainable=True), "the generator has nothing to train"


def last_layer(discriminator, x):
    """The names of the last layer's kernel and bias, told by what they do: logit = h(x) @ kernel + bias."""
    values = dict(reversed(parameters(discriminator, trainable=True).items()))
    before = judged(discriminator, x)

    def acts(name, value, expected):
        set_parameters(discriminator, {name: value})
        found = judged(discriminator, x)
        set_parameters(discriminator, {name: values[name]})
        return np.allclose(found, expected, rtol=1e-3, atol=1e-3)

    bias = next((n for n, v in values.items() if v.size == 1 and acts(n, v + 4, before + 4)), None)
    assert bias, "no bias of the discriminator moves its logits one by one: the last layer is not linear with a bias"
    rest = float(values[bias].item())
    kernel = next((n for n, v in values.items() if n != bias and acts(n, 3 * v, 3 * (before - rest) + rest)), None)
    assert kernel, "no kernel of the discriminator scales its logits: the last layer is not linear"
    return kernel, bias


def shift_logits(discriminator, x, shift):
    """Add `shift` to every logit, by way of the last bias."""
    _, bias = last_layer(discriminator, x)
    set_parameters(discriminator, {bias: parameters(discriminator)[bias] + np.float32(shift)})


@criterion(points=6, title="The discriminator gives logits, row by row", zh="判别器逐行给出 logit")
@pytest.mark.parametrize("in_dim", [pytest.param(2, marks=public), 5])
def test_discriminator(candidate, rng, in_dim):
    """A logit has no bounds: what is added to the last bias is added to it, and takes it far outside [0, 1]."""
    discriminator = candidate.build_discriminator(in_dim)
    x = batch(rng, 6, in_dim)
    assert_rows_stand_alone(discriminator, x)
    before = judged(discriminator, x)
    assert len(np.unique(before)) == 6, "different rows have the same logit"
    for shift in (-20, 40):
        shift_logits(discriminator, x, shift)
    assert_close(judged(discriminator, x), before + 20, rtol=1e-3, atol=1e-3)


# ---------------------------------------------------------------------------------------------------- a training step
#
# Two discriminators tell whose gradient moves whom. One takes every sample for real, and is sure: the generator's
# loss is flat there, so whatever moves the generator comes from the discriminator's. The other knows real from fake,
# and is sure: its own loss is flat, so whatever moves it comes from the generator's.


def take_all_for_real(discriminator, fakes):
    """Raise the last bias until the fakes' logits are far above SURE."""
    shift_logits(discriminator, fakes, 2 * SURE - judged(discriminator, fakes).min())


def tell_apart(discriminator, fakes, rng):
    """Set the last layer so that the fakes' logits are below -SURE and those of a far batch, returned, above SURE."""
    kernel, bias = last_layer(discriminator, fakes)
    values = parameters(discriminator)
    set_mode(discriminator, training=True)
    set_parameters(discriminator, {kernel: np.abs(values[kernel]), bias: np.zeros_like(values[bias])})
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    corners = (1000 * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype(np.float32)
    real = corners[judged(discriminator, corners).argmax()] + batch(rng, 64)
    low, high = judged(discriminator, fakes).max(), judged(discriminator, real).min()
    scale = np.float32(4 * SURE / max(high - low, 1e-6))
    middle = np.full_like(values[bias], -scale * (low + high) / 2)
    set_parameters(discriminator, {kernel: np.abs(values[kernel]) * scale, bias: middle})
    sure = judged(discriminator, fakes).max() < -SURE and judged(discriminator, real).min() > SURE
    set_mode(discriminator, training=False)
    assert sure, "in training mode, the discriminator's logit of a row does not depend on that row alone"
    return real


def moved(model, before):
    """Whether a trainable parameter differs from what it was."""
    after = parameters(model, trainable=True)
    assert all(np.isfinite(value).all() for value in after.values()), "a parameter is not finite after a step"
    return any(not np.allclose(value, before[name], rtol=1e-4, atol=1e-6) for name, value in after.items())


def put_back(model, values, trainable):
    names = parameters(model, trainable=trainable)
    set_parameters(model, {name: values[name] for name in names})


@criterion(points=10, title="The discriminator's step leaves the generator alone", zh="判别器的更新不改动生成器")
def test_discriminator_step(candidate, rng):
    generator, discriminator = pair(candidate)
    fakes = candidate.sample(generator, 256, 0)
    take_all_for_real(discriminator, fakes)
    before, made_before = parameters(discriminator), parameters(generator)
    for seed in (1, 2):
        candidate.train_step(generator, discriminator, batch(rng, 64), seed)
        assert not moved(generator, made_before), "the generator was moved where its own loss is flat"
        assert moved(discriminator, before), "the discriminator takes every fake for real, and was not moved"
        doubt = judged(discriminator, fakes).mean()
        put_back(discriminator, before, trainable=None)
        assert doubt < judged(discriminator, fakes).mean(), "the step raised the logits of fakes"


@criterion(points=10, title="The generator's step leaves the discriminator alone", zh="生成器的更新不改动判别器")
def test_generator_step(candidate, rng):
    generator, discriminator = pair(candidate)
    fakes = candidate.sample(generator, 256, 0)
    real = tell_apart(discriminator, fakes, rng)
    before, made_before = parameters(discriminator), parameters(generator)
    for seed in (1, 2):
        candidate.train_step(generator, discriminator, real, seed)
        assert not moved(discriminator, before), "the discriminator was moved where its own loss is flat"
        assert moved(generator, made_before), "the discriminator knows every fake, and the generator was not moved"
        put_back(generator, made_before, trainable=False)  # running statistics are not what a loss moves
        belief = judged(discriminator, candidate.sample(generator, 256, 0)).mean()
        put_back(generator, made_before, trainable=None)
        assert belief > judged(discriminator, fakes).mean(), "the step lowered the logits of the generator's samples"


@criterion(
    points=5, title="One step moves both networks, and learns real from fake", zh="一步更新两个网络，并学会分辨真假"
)
def test_step_moves_both(candidate, rng):
    generator, discriminator = pair(candidate)
    fakes, real = candidate.sample(generator, 256, 0), batch(rng, 64) + np.float32(3)
    before, made_before = parameters(discriminator), parameters(generator)
    gap = judged(discriminator, real).mean() - judged(discriminator, fakes).mean()
    candidate.train_step(generator, discriminator, real, 1)
    assert moved(discriminator, before), "the discriminator was not moved"
    assert moved(generator, made_before), "the generator was not moved"
    for seed in range(2, 20):
        put_back(generator, made_before, trainable=None)
        candidate.train_step(generator, discriminator, real, seed)
    learned = judged(discriminator, real).mean() - judged(discriminator, fakes).mean()
    assert learned > gap, "twenty steps did not widen the gap between the logits of real and fake"


@criterion(
    points=5,
    title="A step returns both losses, the discriminator's first",
    zh="一步返回两个损失，判别器的在前",
    partial=False,
)
@pytest.mark.parametrize("shift", [-3.0, 3.0])
def test_returned_losses(candidate, rng, shift):
    """Each is due before or after the other network's update: the answer may choose."""
    generator, discriminator = pair(candidate)
    real, fakes = batch(rng, 256), candidate.sample(generator, 1000, 0)
    shift_logits(discriminator, fakes, shift - judged(discriminator, fakes).mean())
    before = judged(discriminator, real), judged(discriminator, fakes)
    d_loss, g_loss = candidate.train_step(generator, discriminator, real, 1)
    after = judged(discriminator, real), judged(discriminator, candidate.sample(generator, 1000, 0))

    def softplus(x):
        return np.logaddexp(0, x).mean()

    for found, name, due in (
        (d_loss, "discriminator", [softplus(-real) + softplus(fake) for real, fake in (before, after)]),
        (g_loss, "generator", [softplus(-fake) for _, fake in (before, after)]),
    ):
        assert 0.75 * min(due) - 0.1 < float(found) < 1.25 * max(due) + 0.1, f"the {name}'s loss is {found}, not {due}"


# ------------------------------------------------------------------------------------------------ samples and training


@criterion(
    points=7,
    title="Samples are the generator's, of standard normal noise drawn by the seed",
    zh="样本由生成器从标准正态噪声得到",
)
def test_sample(candidate, rng):
    generator = candidate.build_generator(LATENT, 2)
    n = 4000
    expected = generator(batch(rng, n, LATENT))
    before = parameters(generator)
    found = candidate.sample(generator, n, 7)
    assert found.shape == (n, 2), f"shape {found.shape} in place of {(n, 2)}"
    assert candidate.sample(generator, 1, 3).shape == (1, 2)
    assert_close(candidate.sample(generator, n, 7), found, rtol=1e-5)
    assert not np.isclose(candidate.sample(generator, n, 8), found).all(axis=1).any(), "two seeds share samples"
    assert len(np.unique(found, axis=0)) > 0.99 * n, "samples repeat"
    assert_close(parameters(generator), before, rtol=0, atol=0)
    room = 8 * expected.std(axis=0) / np.sqrt(n)  # some six standard errors of the difference of two means
    assert (np.abs(found.mean(axis=0) - expected.mean(axis=0)) < room).all(), "their mean is not G's"
    assert (np.abs(found.std(axis=0) - expected.std(axis=0)) < room).all(), "their spread is not G's"


@criterion(
    points=7, title="The seed decides a step, and a training, in place", zh="种子决定一步及整个训练，训练就地进行"
)
def test_seed(candidate, rng):
    data = batch(rng, 1000)
    models = copies(candidate, 3)
    start = [parameters(model) for model in models[0]]
    for both, seed in zip(models, (5, 5, 9), strict=True):
        candidate.train(*both, data, 20, seed)
    for i, before in enumerate(start):
        assert moved(models[0][i], before), "training did not change the models that it was given"
        first, again, other = (list(parameters(both[i], trainable=True).values()) for both in models)
        assert_close(again, first, rtol=1e-3, atol=1e-4)
        alike = all(np.allclose(a, b, rtol=1e-6, atol=1e-6) for a, b in zip(other, first, strict=True))
        assert not alike, "another seed trains alike"

    def losses(both, seed):
        return np.array(candidate.train_step(*both, data[:32], seed), dtype=np.float32)

    expected = losses(models[0], 5)
    assert expected.all(), "a loss is 0"
    assert_close(losses(models[1], 5), expected, rtol=1e-3)
    assert not np.allclose(losses(models[0], 6), losses(models[1], 7), rtol=1e-6), "another seed gives the same losses"


RING_STEPS = 3000


def ring(modes, radius, centre, turn):
    """The modes' centres, [modes, 2]."""
    angles = turn + 2 * np.pi * np.arange(modes) / modes
    return centre + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def draw(rng, centres, n, spread):
    return (centres[rng.integers(len(centres), size=n)] + spread * rng.normal(size=(n, 2))).astype(np.float32)


def squared_mmd(x, y):
    """Squared maximum mean discrepancy (Gretton et al., 2012, eq. 5) under the mean of three Gaussian kernels."""

    def kernel(a, b):
        squared = np.square(a[:, None] - b).sum(axis=-1)
        return np.mean([np.exp(-squared / (2 * width**2)).mean() for width in (0.25, 0.5, 1.0)])

    return kernel(x, x) + kernel(y, y) - 2 * kernel(x, y)


def learn_ring(candidate, rng, steps=RING_STEPS):
    """Train on eight Gaussians on a ring: (modes that have a quarter of their share of the samples, the share of the
    samples that lie near a mode: 0.8 of the way to the border with the next).
    """
    radius = 2.0
    centres = ring(8, radius, (0, 0), rng.uniform(0, 2 * np.pi))
    generator, discriminator = pair(candidate)
    candidate.train(generator, discriminator, draw(rng, centres, 2000, 0.1), steps, int(rng.integers(10**6)))
    samples = candidate.sample(generator, 1000, int(rng.integers(10**6)))
    distance = np.linalg.norm(samples[:, None] - centres, axis=-1)
    near = distance.min(axis=1) < 0.8 * radius * np.sin(np.pi / 8)
    covered = np.bincount(distance.argmin(axis=1)[near], minlength=8) >= 1000 / 8 / 4
    return covered.sum(), near.mean()


def mmd_of_five(candidate, rng):
    """The samples' squared MMD before and after training on five modes around a point off the origin."""
    centres = ring(5, 1.5, rng.uniform(-1, 1, 2), rng.uniform(0, 2 * np.pi))
    held_out = draw(rng, centres, 1000, 0.15)
    generator, discriminator = pair(candidate)
    seed = int(rng.integers(10**6))
    untrained = squared_mmd(candidate.sample(generator, 1000, seed), held_out)
    candidate.train(generator, discriminator, draw(rng, centres, 2000, 0.15), 1500, seed)
    return untrained, squared_mmd(candidate.sample(generator, 1000, seed), held_out)


# See benchmarks/README.md for what the references and the wrong answers reach.
@criterion(
    points=13,
    title="Learns a ring of eight Gaussians: most modes, and little between",
    zh="学会八个高斯组成的环：覆盖大多数模态",
)
def test_covers_modes(candidate, rng):
    @functools.cache
    def both(steps):
        return learn_ring(candidate, rng, steps)

    covered, near = (lambda steps, i=i: both(steps)[i] for i in (0, 1))
    assert_learns(candidate, covered, RING_STEPS, "{:.0f} of 8 modes are covered", at_least=6, unit="steps")
    message = "{:.0%} of the samples lie near a mode"
    assert_learns(candidate, near, RING_STEPS, message, at_least=0.6, unit="steps")


@criterion(points=8, title="Training takes the samples' MMD far down", zh="训练使样本的 MMD 大幅下降")
def test_mmd(candidate, rng):
    """The best of three trainings: in one of forty the reference's generator has lost a mode when it ends."""
    for _ in range(3):
        untrained, trained = mmd_of_five(candidate, rng)
        if trained < untrained / 5:
            return
    raise AssertionError(f"in the last of three trainings the squared MMD went from {untrained:.3f} to {trained:.3f}")


@criterion(points=4, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("case", ["dimensions", "losses", "step", "train", "sample"])
def test_bad_arguments(candidate, rng, case):
    none, some, data = np.zeros((0, 2), np.float32), batch(rng, 3, 1), batch(rng, 1000)
    match case:
        case "dimensions":
            for bad in ((0, 2), (3, 0), (-1, 2)):
                assert_raises("ValueError", candidate.build_generator, *bad)
            assert_raises("ValueError", candidate.build_discriminator, 0)
            assert candidate.build_generator(3, 1)(batch(rng, 2, 3)).shape == (2, 1)
        case "losses":
            assert_raises("ValueError", candidate.discriminator_loss, none[:, :1], some)
            assert_raises("ValueError", candidate.discriminator_loss, some, none[:, :1])
            assert_raises("ValueError", candidate.generator_loss, none[:, :1])
            assert_close(float(candidate.generator_loss(0 * some[:1])), float(np.log(2)), rtol=1e-5)
        case "step":
            models = pair(candidate)
            assert_raises("ValueError", candidate.train_step, *models, none, 0)
            assert all(map(float, candidate.train_step(*models, data[:1], 0))), "a loss is 0"
        case "train":
            models = pair(candidate)
            assert_raises("ValueError", candidate.train, *models, data, -1, 0)
            assert_raises("ValueError", candidate.train, *models, none, 5, 0)
            before = parameters(models[0])
            candidate.train(*models, data, 1, 0)
            assert moved(models[0], before), "one step of training moved nothing"
        case "sample":
            generator = candidate.build_generator(3, 2)
            assert_raises("ValueError", candidate.sample, generator, -1, 0)
            assert candidate.sample(generator, 2, 0).any()
