# /// right
# framework = "numpy"
# style = "plain Python over single boxes; nms by a shrinking list; a detector of one hidden layer and RMSprop"
# ///

import math

import numpy as np


def check(x):
    if np.ndim(x) != 2 or np.shape(x)[1] != 4:
        raise ValueError("not [N, 4]")


def overlap(p, q):
    w = min(p[2], q[2]) - max(p[0], q[0])
    h = min(p[3], q[3]) - max(p[1], q[1])
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / ((p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - w * h)


def iou(a, b):
    check(a)
    check(b)
    out = np.zeros((len(a), len(b)), dtype=np.float32)
    for i, p in enumerate(a.tolist()):
        for j, q in enumerate(b.tolist()):
            out[i, j] = overlap(p, q)
    return out


def nms(boxes, scores, threshold):
    check(boxes)
    if boxes.shape[0] != scores.shape[0] or threshold < 0 or threshold > 1:
        raise ValueError("scores or threshold")
    left = sorted(range(len(boxes)), key=lambda i: -float(scores[i]))
    keep = []
    while left:
        best = left.pop(0)
        keep.append(best)
        left = [i for i in left if overlap(boxes[best].astype(float), boxes[i].astype(float)) <= threshold]
    return np.array(keep, dtype=np.int64)


def encode_boxes(boxes, anchors):
    check(boxes)
    check(anchors)
    if len(boxes) != len(anchors):
        raise ValueError("numbers differ")
    rows = []
    for (x1, y1, x2, y2), (a1, b1, a2, b2) in zip(boxes.tolist(), anchors.tolist()):
        w, h, aw, ah = x2 - x1, y2 - y1, a2 - a1, b2 - b1
        if min(w, h, aw, ah) <= 0:
            raise ValueError("empty")
        rows.append(
            [((x1 + x2) - (a1 + a2)) / 2 / aw, ((y1 + y2) - (b1 + b2)) / 2 / ah, math.log(w / aw), math.log(h / ah)]
        )
    return np.array(rows, np.float32).reshape(-1, 4)


def decode_boxes(deltas, anchors):
    check(deltas)
    check(anchors)
    if len(deltas) != len(anchors):
        raise ValueError("numbers differ")
    out = np.empty_like(deltas)
    for i in range(len(deltas)):
        aw, ah = anchors[i, 2] - anchors[i, 0], anchors[i, 3] - anchors[i, 1]
        cx = anchors[i, 0] + aw / 2 + deltas[i, 0] * aw
        cy = anchors[i, 1] + ah / 2 + deltas[i, 1] * ah
        w, h = aw * math.exp(deltas[i, 2]), ah * math.exp(deltas[i, 3])
        out[i] = cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2
    return out


def smooth_l1(pred, target, beta=1.0):
    if np.shape(pred) != np.shape(target) or beta <= 0:
        raise ValueError("shape or beta")
    total = 0.0
    for d in np.abs(pred - target).ravel().tolist():
        total += 0.5 * d * d / beta if d < beta else d - 0.5 * beta
    return total / pred.size


class Net:
    def __init__(self, size, classes):
        rng = np.random.default_rng(11)
        self.size = size
        self.w = rng.normal(size=(size * size, 96)) * 0.05
        self.b = np.zeros(96)
        self.u = rng.normal(size=(96, 4 + classes)) * 0.05
        self.c = np.concatenate([[0.3, 0.3, 0.7, 0.7], np.zeros(classes)])

    def __call__(self, images):
        x = images.reshape(len(images), -1).astype(np.float64)
        h = np.tanh(x @ self.w + self.b)
        out = h @ self.u + self.c
        e = np.exp(out[:, 4:] - out[:, 4:].max(1, keepdims=True))
        return x, h, out[:, :4], e / e.sum(1, keepdims=True)


def build_detector(image_size, num_classes):
    if image_size < 1 or num_classes < 1:
        raise ValueError("sizes")
    return Net(image_size, num_classes)


def train(model, images, boxes, labels, epochs, seed):
    if epochs < 0 or len(boxes) != len(images) or len(labels) != len(images):
        raise ValueError("epochs or numbers")
    rng = np.random.default_rng(seed)
    names = ("w", "b", "u", "c")
    size = {n: 0.0 for n in names}
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for i in range(0, len(images), 20):
            rows = order[i : i + 20]
            x, h, found, probs = model(images[rows])
            d = np.zeros((len(rows), 4 + probs.shape[1]))
            d[:, :4] = 8 * np.clip((found - boxes[rows] / images.shape[1]) / 0.25, -1, 1)
            d[:, 4:] = probs
            d[np.arange(len(rows)), 4 + labels[rows]] -= 1
            d /= len(rows)
            dh = d @ model.u.T * (1 - h * h)
            for n, g in zip(names, (x.T @ dh, dh.sum(0), h.T @ d, d.sum(0))):
                size[n] = 0.95 * size[n] + 0.05 * g * g
                setattr(model, n, getattr(model, n) - 0.002 * g / (np.sqrt(size[n]) + 1e-7))
    return model


def detect(model, images):
    _, _, boxes, probs = model(images)
    return (boxes * images.shape[1]).astype(np.float32), probs.astype(np.float32)
