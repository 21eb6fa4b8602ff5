"""What to look for in image classification by transfer learning: a base that is used, what "frozen" covers, and
accuracy with few examples.

Images show stripes of some direction and width in a random colour, under much noise. The base has learnt to tell them;
ten images a class are too few for that. It has batch norm, whose running statistics are a part of what is frozen.
"""

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_learns,
    assert_raises,
    copy_parameters,
    criterion,
    parameters,
    public,
    supply,
)

SIZE, CHANNELS = 16, 24  # of an image's sides, and of the base's feature maps
CLASSES, EACH, EPOCHS = 5, 10, 80
NOISE = 1.2


def stripes(rng, kinds, labels, size=SIZE):
    """Images [N, size, size, 3] of the kinds (direction, waves a pixel) that labels [N] name."""
    count = len(labels)
    angle = kinds[labels, 0] + 0.06 * rng.normal(size=count)
    waves = kinds[labels, 1] * np.exp(0.04 * rng.normal(size=count))
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    along = np.cos(angle)[:, None, None] * x + np.sin(angle)[:, None, None] * y
    phase = rng.uniform(0, 2 * np.pi, (count, 1, 1))
    colour = rng.normal(size=(count, 1, 1, 3))
    colour /= np.linalg.norm(colour, axis=-1, keepdims=True)
    slope = 0.1 * rng.normal(size=(2, count, 1, 1, 3))  # of the background's brightness
    images = np.sin(2 * np.pi * waves[:, None, None] * along + phase)[..., None] * colour
    images += slope[0] * x[..., None] + slope[1] * y[..., None] + NOISE * rng.normal(size=images.shape)
    return images.astype(np.float32)


def new_task(rng):
    """Five kinds of stripes, whose directions lie anywhere between those that the base was trained on."""
    angles = rng.uniform(0, np.pi) + np.pi * np.arange(CLASSES) / CLASSES
    return np.stack([angles, np.array([0.25, 0.16, 0.25, 0.16, 0.25])], axis=1)


def draw(rng, framework, task, each, size=SIZE):
    """(x, labels) of `each` images a class, in the framework's layout."""
    labels = rng.permutation(np.repeat(np.arange(CLASSES), each))
    return laid_out(framework, stripes(rng, task, labels, size)), labels


def laid_out(framework, images):
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2)) if framework == "torch" else images


def base_of(candidate, framework):
    return supply(candidate, f"base_{framework}.build")


def probabilities(candidate, model, x, classes=CLASSES):
    found = candidate.predict(model, x)
    assert found.shape == (len(x), classes), f"probabilities of shape {found.shape}"
    assert np.all(found >= 0), "a probability is negative or not a number"
    assert_close(found.sum(axis=-1), np.ones(len(x), np.float32), rtol=1e-4)
    return found


def learner(candidate, framework, rng, base, freeze, task, epochs=EPOCHS):
    model = candidate.build_classifier(base, CLASSES, freeze)
    return candidate.train(model, *draw(rng, framework, task, EACH), epochs, int(rng.integers(10**6)))


# ------------------------------------------------------------------------------------------------------- probabilities


@criterion(points=9, title="Gives probabilities", zh="给出概率")
@pytest.mark.parametrize(("count", "classes"), [pytest.param(3, 2, marks=public), (5, 7), (1, 4)])
@pytest.mark.parametrize("freeze", [True, False], ids=["frozen", "unfrozen"])
def test_probabilities(candidate, framework, rng, count, classes, freeze):
    model = candidate.build_classifier(base_of(candidate, framework), classes, freeze)
    images = rng.normal(size=(count, SIZE, SIZE, 3)).astype(np.float32)
    found = probabilities(candidate, model, laid_out(framework, images), classes)
    other = probabilities(candidate, model, laid_out(framework, 2 - images), classes)
    assert np.abs(found - other).max() > 1e-4, "other images have the same probabilities"


@criterion(
    points=8, title="An image stands alone, and the model is left as it was", zh="每幅图像独立判定，模型保持原样"
)
@pytest.mark.parametrize("freeze", [True, False], ids=["frozen", "unfrozen"])
def test_stands_alone(candidate, framework, rng, freeze):
    task = new_task(rng)
    model = learner(candidate, framework, rng, base_of(candidate, framework), freeze, task, epochs=3)
    x, labels = draw(rng, framework, task, 2)
    before = parameters(model)
    found = probabilities(candidate, model, x)
    assert np.ptp(found, axis=0).max() > 1e-2, "all images have the same probabilities"
    for i in range(len(x)):
        assert_close(probabilities(candidate, model, x[i : i + 1])[0], found[i], rtol=1e-3, atol=1e-5)
    candidate.evaluate(model, x, labels)
    assert_close(parameters(model), before, rtol=0, atol=0)


# -------------------------------------------------------------------------------------------------------- frozen or not


def has(arrays, wanted):
    return any(array.shape == wanted.shape and np.array_equal(array, wanted) for array in arrays)


def assert_frozen(candidate, framework, rng, trainable):
    """After training, the base's weights (trainable) or statistics are what they were, where given and where used."""
    base = base_of(candidate, framework)
    before = parameters(base, trainable=trainable)
    task = new_task(rng)
    model = learner(candidate, framework, rng, base, True, task, epochs=20)
    x, _ = draw(rng, framework, task, 4)
    assert np.ptp(probabilities(candidate, model, x), axis=0).max() > 0.1, "nothing has been learnt"
    after, own = parameters(base), list(parameters(model).values())
    for name, value in before.items():
        assert np.array_equal(after[name], value), f"training has changed {name} of the base that was given"
        alike = [array for array in own if array.shape == value.shape]
        assert not alike or has(alike, value), f"the model's own {name} is not the base's"


@criterion(points=12, title="Frozen: not one bit of the weights changes", zh="冻结：权重一个比特也不变", partial=False)
def test_frozen_weights(candidate, framework, rng):
    assert_frozen(candidate, framework, rng, trainable=True)


@criterion(points=10, title="Frozen: nor do the running statistics", zh="冻结：移动统计量也不变", partial=False)
def test_frozen_statistics(candidate, framework, rng):
    assert_frozen(candidate, framework, rng, trainable=False)


@criterion(points=10, title="Frozen, only the head trains; unfrozen, everything", zh="冻结时只训练头部，否则训练全部")
@pytest.mark.parametrize("freeze", [True, False], ids=["frozen", "unfrozen"])
def test_what_trains(candidate, framework, rng, freeze):
    base = base_of(candidate, framework)
    given = list(parameters(base, trainable=True).values())
    model = candidate.build_classifier(base, CLASSES, *([] if freeze else [False]))  # frozen is the default
    probabilities(candidate, model, draw(rng, framework, new_task(rng), 1)[0])  # some are built by their first call
    found = list(parameters(model, trainable=True).values())
    count, size = sum(value.size for value in found), sum(value.size for value in given)
    if freeze:
        assert count >= CHANNELS * CLASSES, f"{count} parameters are trained: fewer than a linear head has"
        assert count < size, f"{count} parameters are trained, and the base has {size}"
        kernels = [value for value in given if value.ndim > 1]
        assert not any(has(found, value) for value in kernels), "the base is among what is trained"
    else:
        assert all(has(found, value) for value in given), "not all of the base is trained, from its own values"
        assert count >= size + CHANNELS * CLASSES, f"{count} parameters are trained, and base and head have more"


@criterion(points=7, title="Unfrozen: the base learns too", zh="不冻结：基座也参加学习")
def test_unfrozen(candidate, framework, rng):
    base = base_of(candidate, framework)
    kernels = {name: value for name, value in parameters(base).items() if value.ndim > 1}
    task = new_task(rng)
    model = learner(candidate, framework, rng, base, False, task, epochs=5)
    probabilities(candidate, model, draw(rng, framework, task, 1)[0])
    own = list(parameters(model).values())
    still = [name for name, value in kernels.items() if has(own, value)]
    assert not still, f"training has not changed {still[0]}" if still else ""


# ------------------------------------------------------------------------------------------------------------ training


def accuracy(candidate, framework, rng, base, freeze=True, epochs=EPOCHS):
    """The share of 300 new images that is classified right, after training on ten a class."""
    task = new_task(rng)
    model = learner(candidate, framework, rng, base, freeze, task, epochs)
    x, labels = draw(rng, framework, task, 60)
    return np.mean(probabilities(candidate, model, x).argmax(axis=1) == labels)


# See benchmarks/README.md: what the references reach, and the same network trained from scratch.
@criterion(points=16, title="Learns from ten images a class", zh="每类十幅图像就能学会", partial=False)
def test_learns(candidate, framework, rng):
    def reached(epochs):
        return accuracy(candidate, framework, rng, base_of(candidate, framework), epochs=epochs)

    assert_learns(candidate, reached, EPOCHS, "{:.0%} of new images are classified right", at_least=0.8)


@criterion(points=8, title="evaluate gives the accuracy, from 0 to 1", zh="evaluate 给出 0 到 1 的准确率")
def test_evaluate(candidate, framework, rng):
    task = new_task(rng)
    model = learner(candidate, framework, rng, base_of(candidate, framework), True, task, epochs=2)
    x, _ = draw(rng, framework, task, 8)
    own = probabilities(candidate, model, x).argmax(axis=1)
    wrong = (own + rng.integers(1, CLASSES, size=len(x))) % CLASSES
    for right in (27, 40, 0):
        labels = np.where(np.arange(len(x)) < right, own, wrong)
        assert_close(float(candidate.evaluate(model, x, labels)), right / len(x), rtol=1e-5)
    assert_close(float(candidate.evaluate(model, x[:1], own[:1])), 1.0)


@criterion(points=10, title="Images of other sizes work as well", zh="其他尺寸的图像同样可用", frameworks=("torch",))
@pytest.mark.parametrize("size", [12, 24])
def test_other_sizes(candidate, framework, rng, size):
    """A global average over a larger image of the same stripes sees the same, with less noise."""
    task = new_task(rng)
    model = learner(candidate, framework, rng, base_of(candidate, framework), True, task)
    x, labels = draw(rng, framework, task, 40, size)
    found = np.mean(probabilities(candidate, model, x).argmax(axis=1) == labels)
    assert found >= 0.6, f"{found:.0%} of new images of {size} by {size} pixels are classified right"


VGG16 = [(3, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 256), (256, 512)] + 5 * [(512, 512)]


def probabilities_of_vgg16(model, rng):
    """Of two images; some models read none but VGG16's own size."""

    def of_size(size):
        return model(rng.uniform(-1, 1, size=(2, size, size, 3)).astype(np.float32))

    try:
        return of_size(32)
    except Exception:
        return of_size(224)


@criterion(
    points=10,
    title="VGG16 with a new head: 13 frozen convolutions",
    zh="VGG16 加新头部：13 个冻结的卷积层",
    frameworks=("tensorflow",),
)
def test_vgg16(candidate, rng):
    """Simonyan and Zisserman, 2015 (arXiv:1409.1556), table 1, column D, without its dense layers."""
    classes = int(rng.integers(3, 9))
    model = candidate.build_vgg16_classifier(classes)
    found = probabilities_of_vgg16(model, rng)
    assert found.shape == (2, classes), f"shape {found.shape} in place of {(2, classes)}"
    assert np.all(found >= 0), "a probability is negative or not a number"
    assert_close(found.sum(axis=-1), np.ones(2, np.float32), rtol=1e-4)
    frozen = [value.shape for value in parameters(model, trainable=False).values()]
    kernels = [shape for shape in frozen if len(shape) == 4]
    assert kernels == [(3, 3, *channels) for channels in VGG16], f"{len(kernels)} frozen convolutions, not VGG16's 13"
    trained = [value.shape for value in parameters(model, trainable=True).values()]
    assert trained and not any(len(shape) == 4 for shape in trained), "the head alone must train"
    assert trained[-1] == (classes,) or trained[-1][-1] == classes, "the last layer has not one output a class"


@criterion(points=4, title="The seed decides the training", zh="种子决定训练过程", partial=False)
def test_seed(candidate, framework, rng):
    x, labels = draw(rng, framework, new_task(rng), 30)  # more than a batch, whatever its size
    models = [candidate.build_classifier(base_of(candidate, framework), CLASSES, True) for _ in range(3)]
    for model in models:
        candidate.predict(model, x[:2])  # some models are built by their first call
    for model in models[1:]:
        copy_parameters(models[0], model)
    start = candidate.predict(models[0], x)
    first, again, other = (
        candidate.predict(candidate.train(model, x, labels, 2, seed), x)
        for model, seed in zip(models, (1, 1, 2), strict=True)
    )
    assert np.abs(first - start).max() > 1e-3, "training has changed nothing"
    assert_close(again, first, rtol=1e-3, atol=1e-4)
    assert np.abs(other - first).max() > 1e-6, "another seed trains alike"


@criterion(points=6, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("case", ["classes", "training", "evaluation"])
def test_bad_arguments(candidate, framework, rng, case):
    base = base_of(candidate, framework)
    x, labels = draw(rng, framework, new_task(rng), 2)
    if case == "classes":
        for classes in (0, -1):
            assert_raises("ValueError", candidate.build_classifier, base, classes)
    model = candidate.build_classifier(base, CLASSES)
    before = probabilities(candidate, model, x)
    if case == "training":
        assert_raises("ValueError", candidate.train, model, x, labels, -1, 0)
        assert_raises("ValueError", candidate.train, model, x, labels[:-1], 1, 0)
        model = candidate.train(model, x, labels, 0, 0)
        assert_close(probabilities(candidate, model, x), before, rtol=1e-3, atol=1e-5)
        after = probabilities(candidate, candidate.train(model, x, labels, 1, 0), x)
        assert np.abs(after - before).max() > 1e-4, "an epoch has changed nothing"
    elif case == "evaluation":
        assert_raises("ValueError", candidate.evaluate, model, x, labels[:-1])
        assert_raises("ValueError", candidate.evaluate, model, x[:0], labels[:0])
        assert float(candidate.evaluate(model, x[:1], before[:1].argmax(axis=1))) == 1
