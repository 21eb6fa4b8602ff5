"""Boxes as in Faster R-CNN (Ren et al., 2015, arXiv:1506.01497, section 3.1.2), its smooth L1 loss (Girshick, 2015,
arXiv:1504.08083, equation 3), greedy non-maximum suppression, and a detector of one object trained by hand.
"""

import numpy as np

HIDDEN, BATCH, LEARNING_RATE, BETA_1, BETA_2, BETA = 128, 32, 2e-3, 0.9, 0.999, 0.1


def iou(a, b):
    """Intersection over union of boxes a [N, 4] and b [M, 4], each (x1, y1, x2, y2): [N, M]. 0 where both are empty."""
    _check_boxes(a, b)
    sides = np.minimum(a[:, None, 2:], b[:, 2:]) - np.maximum(a[:, None, :2], b[:, :2])
    shared = np.maximum(sides, 0).prod(axis=-1)
    union = _area(a)[:, None] + _area(b) - shared
    return shared / np.where(union > 0, union, 1)


def nms(boxes, scores, threshold):
    """Indices of the boxes [N, 4] that are kept, by falling score; of equal scores [N], the first comes first.

    A box is dropped where its IoU with one that is kept exceeds the threshold.
    """
    _check_boxes(boxes)
    if len(scores) != len(boxes) or not 0 <= threshold <= 1:
        raise ValueError("expected a score for each box, and a threshold from 0 to 1")
    overlaps = iou(boxes, boxes) > threshold
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        if not overlaps[i, kept].any():
            kept.append(int(i))
    return kept


def encode_boxes(boxes, anchors):
    """(tx, ty, tw, th) [N, 4] of boxes [N, 4] from anchors [N, 4]: offsets in anchors, logarithms of sizes."""
    _check_boxes(boxes, anchors)
    (centre, size), (anchor_centre, anchor_size) = _centre_and_size(boxes), _centre_and_size(anchors)
    if boxes.shape != anchors.shape or (size <= 0).any() or (anchor_size <= 0).any():
        raise ValueError("expected an anchor for each box, none of them empty")
    return np.concatenate([(centre - anchor_centre) / anchor_size, np.log(size / anchor_size)], axis=1)


def decode_boxes(deltas, anchors):
    """The boxes [N, 4] of which `encode_boxes` gives the deltas [N, 4]."""
    _check_boxes(deltas, anchors)
    if deltas.shape != anchors.shape:
        raise ValueError("expected an anchor for each row")
    anchor_centre, anchor_size = _centre_and_size(anchors)
    centre, size = anchor_centre + deltas[:, :2] * anchor_size, anchor_size * np.exp(deltas[:, 2:])
    return np.concatenate([centre - size / 2, centre + size / 2], axis=1)


def smooth_l1(pred, target, beta=1.0):
    """The mean over elements of d² / (2 beta) where d = |pred - target| is below beta, of d - beta / 2 elsewhere."""
    if pred.shape != target.shape or beta <= 0:
        raise ValueError("expected two arrays of one shape, and a beta above 0")
    distance = np.abs(pred - target)
    return np.where(distance < beta, distance**2 / (2 * beta), distance - beta / 2).mean()


def build_detector(image_size, num_classes):
    """A perceptron from pixels to a box and the classes' logits."""
    if min(image_size, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    return Perceptron(image_size, num_classes)


def train(model, images, boxes, labels, epochs, seed):
    """images [N, S, S, 1], boxes [N, 4] in pixels, labels [N]. Adam (Kingma and Ba, 2015, algorithm 1)."""
    if epochs < 0 or not len(images) == len(boxes) == len(labels):
        raise ValueError("expected epochs of at least 0, and a box and a label for each image")
    rng = np.random.default_rng(seed)
    moments = {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in vars(model).items()}
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(images), BATCH):
            rows = order[start : start + BATCH]
            step += 1
            rate = LEARNING_RATE * np.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
            for name, gradient in model.gradients(images[rows], boxes[rows], labels[rows]).items():
                first, second = moments[name]
                first += (1 - BETA_1) * (gradient - first)
                second += (1 - BETA_2) * (gradient**2 - second)
                vars(model)[name] -= rate * first / (np.sqrt(second) + 1e-8)
    return model


def detect(model, images):
    """One box [N, 4] in pixels and class probabilities [N, C] for each image."""
    boxes, logits = model.outputs(images)[-2:]
    return boxes * np.float32(images.shape[1]), _softmax(logits)


class Perceptron:
    """Two hidden layers of rectified units."""

    def __init__(self, image_size, num_classes):
        def draw(rows, columns):
            return (np.random.normal(size=(rows, columns)) * np.sqrt(0.5 / rows)).astype(np.float32)

        self.w1, self.b1 = draw(image_size**2, HIDDEN), np.zeros(HIDDEN, np.float32)
        self.w2, self.b2 = draw(HIDDEN, HIDDEN), np.zeros(HIDDEN, np.float32)
        self.w3, self.b3 = draw(HIDDEN, 4 + num_classes), np.zeros(4 + num_classes, np.float32)

    def outputs(self, images):
        """Pixels, hidden layers, boxes as shares of the image's side, and logits."""
        x = images.reshape(len(images), -1)
        h1 = np.maximum(x @ self.w1 + self.b1, 0)
        h2 = np.maximum(h1 @ self.w2 + self.b2, 0)
        found = h2 @ self.w3 + self.b3
        return x, h1, h2, found[:, :4], found[:, 4:]

    def gradients(self, images, boxes, labels):
        """Of the boxes' smooth L1 loss, summed over the four sides and times 20, and the labels' cross entropy."""
        x, h1, h2, found, logits = self.outputs(images)
        off = found - boxes / images.shape[1]
        d_boxes = 5 * np.clip(off / BETA, -1, 1)
        d_logits = _softmax(logits) - np.eye(logits.shape[1], dtype=np.float32)[labels]
        d3 = np.concatenate([d_boxes, d_logits], axis=1) / len(images)
        d2 = (d3 @ self.w3.T) * (h2 > 0)
        d1 = (d2 @ self.w2.T) * (h1 > 0)
        layers = zip("123", (x, h1, h2), (d1, d2, d3), strict=True)
        return {name: g for n, h, d in layers for name, g in ((f"w{n}", h.T @ d), (f"b{n}", d.sum(axis=0)))}


def _softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def _area(boxes):
    return np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)


def _centre_and_size(boxes):
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def _check_boxes(*arrays):
    if any(boxes.ndim != 2 or boxes.shape[1] != 4 for boxes in arrays):
        raise ValueError("boxes must be [N, 4]")
