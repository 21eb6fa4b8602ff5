"""What to look for in detection: overlaps, suppression, box coding, the loss, and a detector that finds what is drawn.

Boxes are (x1, y1, x2, y2) in pixels. What the detector is worth is computed here, from what it says of new images.
"""

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_gradients_close,
    assert_learns,
    assert_raises,
    copy_parameters,
    criterion,
    inputs_after,
    public,
)

# A float32 reference against a float64 one, over 500 seeds: within a twentieth of it.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def draw_boxes(rng, count, extent=20.0):
    corner = rng.uniform(0, extent, (count, 2))
    return np.concatenate([corner, corner + rng.uniform(1, extent, (count, 2))], axis=1).astype(np.float32)


def float32(*rows):
    return np.array(rows, np.float32)


# ------------------------------------------------------------------------------------------------------------ overlaps


@criterion(
    points=9,
    title="IoU matches the reference, each box of one set with each of the other",
    zh="IoU 与参考实现一致，两组框两两计算",
)
@pytest.mark.parametrize("n, m", [pytest.param(2, 3, marks=public), (5, 5), (6, 2), (1, 7)])
def test_iou(candidate, reference, rng, n, m):
    a, b = draw_boxes(rng, n), draw_boxes(rng, m)
    assert_close(candidate.iou(a, b), reference.iou(a, b), **CLOSE)


@criterion(
    points=8, title="Boxes that touch, lie within each other, are the same, or are empty", zh="相接、包含、相同与空的框"
)
@pytest.mark.parametrize(
    "other, expected",
    [
        pytest.param((4, 0, 8, 4), 0, marks=public),
        ((0, 4, 4, 8), 0),
        ((4, 4, 6, 6), 0),
        ((6, 6, 9, 9), 0),
        ((6, 0, 9, 4), 0),
        ((1, 1, 3, 3), 0.25),
        ((0, 0, 4, 4), 1),
        ((2, 0, 2, 4), 0),
        ((0, 3, 4, 3), 0),
    ],
    ids=["beside", "below", "corner", "apart", "apart in x", "within", "same", "no width", "no height"],
)
def test_special_boxes(candidate, other, expected):
    """Each has an overlap of a half with the box below it, and none with itself where it is empty."""
    a = float32((0, 0, 4, 4), other)
    width = (other[2] - other[0]) * (other[3] - other[1])
    found = candidate.iou(a, np.concatenate([a, float32((0, 0, 4, 2))]))
    assert found.shape == (2, 3), f"shape {found.shape} in place of {(2, 3)}"
    assert_close(found[:, :2], float32((1, expected), (expected, 1 if width else 0)), **CLOSE)
    assert_close(found[0, 2], np.float32(0.5), **CLOSE)


@criterion(
    points=5, title="IoU is symmetric, and depends neither on place nor on scale", zh="IoU 对称，且与位置、尺度无关"
)
@pytest.mark.parametrize("scale, shift", [(0.125, 0), (8, -50), (1, 100)])
def test_iou_invariance(candidate, rng, scale, shift):
    a = draw_boxes(rng, 4)
    b = np.concatenate([a + np.float32(0.2), draw_boxes(rng, 1)])
    found = candidate.iou(a, b)
    assert found.shape == (4, 5) and np.ptp(found) > 0.1, "boxes that overlap more have no greater IoU"
    assert_close(candidate.iou(b, a), found.T, **CLOSE)
    moved = (x * np.float32(scale) + np.float32(shift) for x in (a, b))
    assert_close(candidate.iou(*moved), found, rtol=1e-3, atol=1e-4)


# --------------------------------------------------------------------------------------------------------- suppression


def kept_by(boxes, scores, threshold):
    """Greedy suppression, in float64."""
    boxes = boxes.astype(np.float64)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    left, kept = list(np.argsort(-scores, kind="stable")), []
    while left:
        first, *left = left
        kept.append(int(first))
        sides = np.minimum(boxes[first, 2:], boxes[left, 2:]) - np.maximum(boxes[first, :2], boxes[left, :2])
        shared = np.maximum(sides, 0).prod(axis=1)
        left = [i for i, s in zip(left, shared, strict=True) if s / (area[first] + area[i] - s) <= threshold]
    return kept


def indices(found):
    return [int(i) for i in found]


@criterion(points=10, title="Suppression keeps the right boxes, by falling score", zh="抑制后保留正确的框，按分数降序")
@pytest.mark.parametrize("threshold", [0.2, pytest.param(0.5, marks=public), 0.7])
@pytest.mark.parametrize("count", [8, 30])
def test_nms(candidate, rng, count, threshold):
    boxes, scores = draw_boxes(rng, count, extent=12.0), rng.permutation(count).astype(np.float32) / count
    assert indices(candidate.nms(boxes, scores, threshold)) == kept_by(boxes, scores, threshold)


@criterion(
    points=8,
    title="Suppression by kept boxes alone; ties, the threshold itself, and no boxes at all",
    zh="只被保留的框抑制；分数相同、恰为阈值、没有框",
)
@pytest.mark.parametrize("case", ["chain", "ties", "at the threshold", "0 and 1", "none"])
def test_nms_edges(candidate, case):
    row = float32((0, 0, 8, 8), (4, 0, 12, 8), (8, 0, 16, 8), (40, 40, 48, 48))  # neighbours overlap by a third
    match case:
        case "chain":  # the middle one is dropped, and so does not drop the one after it
            assert indices(candidate.nms(row, float32(0.9, 0.8, 0.7, 0.2), 0.3)) == [0, 2, 3]
            assert indices(candidate.nms(row, float32(0.7, 0.9, 0.8, 0.2), 0.3)) == [1, 3]
        case "ties":
            assert indices(candidate.nms(row[[0, 1, 0, 3]], float32(0.5, 0.5, 0.5, 0.5), 0.3)) == [0, 3]
            assert indices(candidate.nms(row[[3, 1, 2, 0]], float32(0.5, 0.2, 0.5, 0.5), 0.3)) == [0, 2, 3]
            apart = row[:1] + 10 * np.arange(40, dtype=np.float32)[:, None]  # many: a short sort is often stable
            for scores in (np.ones(40, np.float32), np.arange(40, dtype=np.float32) % 3):
                assert indices(candidate.nms(apart, scores, 0.3)) == np.argsort(-scores, kind="stable").tolist()
        case "at the threshold":  # halves have no rounding
            half = float32((0, 0, 8, 8), (0, 0, 8, 4), (40, 40, 48, 48))
            assert indices(candidate.nms(half, float32(0.9, 0.8, 0.7), 0.5)) == [0, 1, 2]
            assert indices(candidate.nms(half, float32(0.9, 0.8, 0.7), 0.49)) == [0, 2]
        case "0 and 1":
            assert indices(candidate.nms(row, float32(0.9, 0.8, 0.7, 0.6), 0.0)) == [0, 2, 3]
            assert indices(candidate.nms(row[[0, 0, 1]], float32(0.7, 0.8, 0.9), 1.0)) == [2, 1, 0]
        case "none":
            assert indices(candidate.nms(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.5)) == []
            assert indices(candidate.nms(row[:1], float32(0.3), 0.5)) == [0]


# ---------------------------------------------------------------------------------------------------- coding, and loss


@criterion(points=7, title="Encoding matches the reference", zh="编码与参考实现一致")
@pytest.mark.parametrize("count", [pytest.param(2, marks=public), 1, 9])
def test_encode(candidate, reference, rng, count):
    boxes, anchors = draw_boxes(rng, count), draw_boxes(rng, count)
    assert_close(candidate.encode_boxes(boxes, anchors), reference.encode_boxes(boxes, anchors), **CLOSE)


@criterion(
    points=7, title="Decoding undoes encoding, and a row of zeros is its anchor", zh="解码还原编码，全零的行即其锚框"
)
@pytest.mark.parametrize("count", [1, 9])
def test_decode(candidate, reference, rng, count):
    boxes, anchors = draw_boxes(rng, count), draw_boxes(rng, count)
    assert_close(candidate.decode_boxes(reference.encode_boxes(boxes, anchors), anchors), boxes, rtol=1e-3, atol=1e-3)
    assert_close(candidate.decode_boxes(np.zeros_like(boxes), anchors), anchors, rtol=1e-3, atol=1e-4)


@criterion(points=4, title="Encoding depends neither on place nor on scale", zh="编码与位置、尺度无关")
@pytest.mark.parametrize("scale, shift", [(1 / 32, 0), (1, 64)])
def test_encode_invariance(candidate, rng, scale, shift):
    boxes, anchors = draw_boxes(rng, 5), draw_boxes(rng, 5)
    moved = (x * np.float32(scale) + np.float32(shift) for x in (boxes, anchors))
    found = candidate.encode_boxes(boxes, anchors)
    assert np.ptp(found, axis=0).max() > 0.1, "boxes that differ have the same deltas"
    assert_close(candidate.encode_boxes(*moved), found, rtol=1e-3, atol=1e-3)


@criterion(
    points=7,
    title="Smooth L1 is a parabola within beta, a line beyond, and a mean",
    zh="平滑 L1：beta 以内为抛物线，以外为直线，再取平均",
)
@pytest.mark.parametrize(
    "distances, beta, expected",
    [
        pytest.param((0.5, -0.5), 1.0, 0.125, marks=public),
        ((3.0, -3.0), 1.0, 2.5),
        ((1.0, 0.0), 1.0, 0.25),
        ((0.1, -4.0), 0.5, (0.01 + 3.75) / 2),
        ((2.0, 0.5, -6.0), 4.0, (0.5 + 0.03125 + 4.0) / 3),
    ],
    ids=["within", "beyond", "at beta", "a small beta", "a large beta"],
)
def test_smooth_l1(candidate, rng, distances, beta, expected):
    target = rng.normal(size=(4, len(distances))).astype(np.float32)
    pred = target + np.float32(distances)
    found = candidate.smooth_l1(pred, target) if beta == 1 else candidate.smooth_l1(pred, target, beta)
    assert_close(float(found), float(expected), rtol=1e-4, atol=1e-6)


@criterion(
    points=5,
    title="Gradients of the loss and of decoding match the reference",
    zh="损失与解码的梯度与参考实现一致",
    frameworks=("torch", "tensorflow"),
)
@pytest.mark.parametrize("what", ["loss", "small beta", "decoding"])
def test_gradients(candidate, reference, rng, what):
    if what == "decoding":
        deltas = rng.normal(size=(3, 4)).astype(np.float32)
        arguments = (deltas, draw_boxes(rng, 3))
        assert_gradients_close(candidate.decode_boxes, reference.decode_boxes, *arguments, wrt=(0,), rtol=1e-3)
        return
    pred, target = (rng.normal(size=(5, 4)).astype(np.float32) for _ in range(2))
    beta = 0.25 if what == "small beta" else 1.0
    assert_gradients_close(candidate.smooth_l1, reference.smooth_l1, pred, target, beta, wrt=(0, 1))


@criterion(points=5, title="Arguments are left as they were", zh="不改动传入的参数", frameworks=("numpy",))
@pytest.mark.parametrize("name", ["iou", "encode_boxes", "decode_boxes"])
def test_arguments_untouched(candidate, reference, rng, name):
    arguments = draw_boxes(rng, 4) / 8, draw_boxes(rng, 4)
    result, after = inputs_after(getattr(candidate, name), *arguments)
    assert_close(result, getattr(reference, name)(*arguments), rtol=1e-3)
    assert_close(after, arguments, rtol=0, atol=0)


# -------------------------------------------------------------------------------------------------------- the detector

SIZE, CLASSES = 16, 3


def draw_images(rng, count):
    """(images, boxes, labels): one rectangle in noise: bright, dark, or a bright frame."""
    sides = rng.integers(4, 10, size=(count, 2))
    corner = (rng.random((count, 2)) * (SIZE - sides + 1)).astype(int)
    boxes, labels = np.concatenate([corner, corner + sides], axis=1), rng.permutation(np.arange(count) % CLASSES)
    images = 0.1 * rng.normal(size=(count, SIZE, SIZE, 1)).astype(np.float32)
    for image, (x1, y1, x2, y2), label in zip(images, boxes, labels, strict=True):
        image[y1:y2, x1:x2] += (1, -1, 1)[label]
        if label == 2:
            image[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1] -= 1
    return images, boxes.astype(np.float32), labels


def found_in(candidate, model, images):
    boxes, probs = candidate.detect(model, images)
    expected = (len(images), 4), (len(images), CLASSES)
    assert (boxes.shape, probs.shape) == expected, f"shapes {boxes.shape}, {probs.shape} in place of {expected}"
    assert np.isfinite(boxes).all(), "a box is not finite"
    assert np.all(probs >= 0), "a probability is negative or not a number"
    assert_close(probs.sum(axis=1), np.ones(len(images), np.float32), **CLOSE)
    return boxes, probs


EPOCHS = 12


def learner(candidate, rng, count=1000, epochs=EPOCHS):
    model = candidate.build_detector(SIZE, CLASSES)
    return candidate.train(model, *draw_images(rng, count), epochs, int(rng.integers(10**6)))


def overlaps(a, b):
    """IoU row by row."""
    sides = np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    shared = np.maximum(sides, 0).prod(axis=1)
    areas = [np.maximum(x[:, 2:] - x[:, :2], 0).prod(axis=1) for x in (a, b)]
    return shared / (sum(areas) - shared)


@criterion(points=5, title="Each image stands alone in its batch", zh="批次中的每幅图像互不影响")
def test_batch(candidate, rng):
    model = learner(candidate, rng, count=200, epochs=2)
    images, _, _ = draw_images(rng, 6)
    boxes, probs = found_in(candidate, model, images)
    assert np.ptp(boxes, axis=0).max() > 0.01, "all images have the same box"
    for i in range(len(images)):
        alone = found_in(candidate, model, images[i : i + 1])
        assert_close((alone[0][0], alone[1][0]), (boxes[i], probs[i]), rtol=1e-3, atol=1e-3)


# 50 seeds, see benchmarks/README.md: the references reach 0.58 and more, the mean box 0.24 at most.
@criterion(
    points=10,
    title="Finds the rectangles of new images: a mean IoU of 0.35",
    zh="在新图像中找到矩形：平均 IoU 达到 0.35",
    partial=False,
)
def test_finds(candidate, rng):
    def mean_iou(epochs):
        model = learner(candidate, rng, epochs=epochs)
        images, boxes, _ = draw_images(rng, 200)
        found, _ = found_in(candidate, model, images)
        return overlaps(found.astype(np.float64), boxes).mean()

    assert_learns(candidate, mean_iou, EPOCHS, "the mean IoU on images held back is {:.2f}", at_least=0.35)


# 50 seeds: the references reach 0.92 and more, and one that takes a frame for a rectangle two thirds.
@criterion(
    points=8, title="Tells the classes of new images: 78 % right", zh="判断新图像的类别：78 % 正确", partial=False
)
def test_classifies(candidate, rng):
    def accuracy(epochs):
        model = learner(candidate, rng, epochs=epochs)
        images, _, labels = draw_images(rng, 200)
        _, probs = found_in(candidate, model, images)
        return np.mean(probs.argmax(axis=1) == labels)

    assert_learns(candidate, accuracy, EPOCHS, "{:.0%} of the images held back are classified right", at_least=0.78)


@criterion(points=3, title="The seed decides the training", zh="种子决定训练过程", partial=False)
def test_seed(candidate, rng):
    data = draw_images(rng, 150)  # more than a batch, whatever its size
    models = [candidate.build_detector(SIZE, CLASSES) for _ in range(3)]
    for model in models:
        candidate.detect(model, data[0][:2])  # some models are built by their first call
    for model in models[1:]:
        copy_parameters(models[0], model)
    start, _ = candidate.detect(models[0], data[0][:20])
    first, again, other = (
        candidate.detect(candidate.train(model, *data, 2, seed), data[0][:20])[0]
        for model, seed in zip(models, (1, 1, 2), strict=True)
    )
    assert np.abs(first - start).max() > 1e-3, "training has changed nothing"
    assert_close(again, first, rtol=1e-3, atol=1e-2)
    assert np.abs(other - first).max() > 1e-5, "another seed trains alike"


@criterion(points=4, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("case", ["boxes", "scores", "anchors", "empty boxes", "loss", "training"])
def test_bad_arguments(candidate, rng, case):
    boxes, anchors = draw_boxes(rng, 3), draw_boxes(rng, 3)
    match case:
        case "boxes":
            assert_raises("ValueError", candidate.iou, boxes[:, :3], boxes)
            assert_raises("ValueError", candidate.iou, boxes, boxes[0])
            assert_close(np.diag(candidate.iou(boxes, boxes)), np.ones(3, np.float32), **CLOSE)
        case "scores":
            for scores, threshold in ((float32(0.5, 0.4), 0.5), (float32(1, 2, 3), -0.1), (float32(1, 2, 3), 1.1)):
                assert_raises("ValueError", candidate.nms, boxes, scores, threshold)
            assert indices(candidate.nms(boxes, float32(1, 2, 3), 1.0)) == [2, 1, 0]
        case "anchors":
            boxes, anchors = draw_boxes(rng, 5), draw_boxes(rng, 5)
            assert_raises("ValueError", candidate.encode_boxes, boxes, anchors[:1])
            assert_raises("ValueError", candidate.decode_boxes, boxes / 8, anchors[:1])
            narrow, deep = (boxes[:, :3], anchors[:, :3]), (boxes[None], anchors[None])
            for bad in (narrow, deep, (deep[0], anchors), (boxes, deep[1])):
                assert_raises("ValueError", candidate.encode_boxes, *bad)
                assert_raises("ValueError", candidate.decode_boxes, *bad)
            assert_close(candidate.decode_boxes(0 * boxes, anchors), anchors, rtol=1e-3, atol=1e-4)
        case "empty boxes":
            for side in (2, 3):
                empty = anchors.copy()
                empty[1, side] = empty[1, side - 2]
                assert_raises("ValueError", candidate.encode_boxes, boxes, empty)
                assert_raises("ValueError", candidate.encode_boxes, empty, anchors)
            assert np.abs(candidate.encode_boxes(boxes, anchors)).max() > 1e-3
        case "loss":
            assert_raises("ValueError", candidate.smooth_l1, boxes, anchors[:1])
            for beta in (0.0, -1.0):
                assert_raises("ValueError", candidate.smooth_l1, boxes, anchors, beta)
            assert_close(float(candidate.smooth_l1(boxes + np.float32(2), boxes)), 1.5, rtol=1e-4)
        case "training":
            for sizes in ((0, 3), (16, 0)):
                assert_raises("ValueError", candidate.build_detector, *sizes)
            candidate.build_detector(8, 1)
            images, boxes, labels = draw_images(rng, 12)
            model = candidate.build_detector(SIZE, CLASSES)
            assert_raises("ValueError", candidate.train, model, images, boxes, labels, -1, 0)
            assert_raises("ValueError", candidate.train, model, images, boxes[:-1], labels, 1, 0)
            assert_raises("ValueError", candidate.train, model, images, boxes, labels[:-1], 1, 0)
            before = found_in(candidate, model, images)[0]
            model = candidate.train(model, images, boxes, labels, 1, 0)
            assert np.abs(found_in(candidate, model, images)[0] - before).max() > 1e-4, "an epoch has changed nothing"
