"""Boxes as in Faster R-CNN (Ren et al., 2015, arXiv:1506.01497, section 3.1.2), its smooth L1 loss (Girshick, 2015,
arXiv:1504.08083, equation 3), greedy non-maximum suppression, and a small detector of one object.
"""

import keras
import tensorflow as tf
from keras import layers

BATCH, LEARNING_RATE, BETA = 32, 2e-3, 0.1


def iou(a, b):
    """Intersection over union of boxes a [N, 4] and b [M, 4], each (x1, y1, x2, y2): [N, M]. 0 where both are empty."""
    _check_boxes(a, b)
    sides = tf.minimum(a[:, None, 2:], b[:, 2:]) - tf.maximum(a[:, None, :2], b[:, :2])
    shared = tf.reduce_prod(tf.nn.relu(sides), axis=-1)
    return tf.math.divide_no_nan(shared, _area(a)[:, None] + _area(b) - shared)


def nms(boxes, scores, threshold):
    """Indices of the boxes [N, 4] that are kept, by falling score; of equal scores [N], the first comes first.

    A box is dropped where its IoU with one that is kept exceeds the threshold.
    """
    _check_boxes(boxes)
    if len(scores) != len(boxes) or not 0 <= threshold <= 1:
        raise ValueError("expected a score for each box, and a threshold from 0 to 1")
    overlaps = (iou(boxes, boxes) > threshold).numpy()
    kept = []
    for i in tf.argsort(scores, direction="DESCENDING", stable=True).numpy().tolist():
        if not overlaps[i, kept].any():
            kept.append(i)
    return kept


def encode_boxes(boxes, anchors):
    """(tx, ty, tw, th) [N, 4] of boxes [N, 4] from anchors [N, 4]: offsets in anchors, logarithms of sizes."""
    _check_boxes(boxes, anchors)
    (centre, size), (anchor_centre, anchor_size) = _centre_and_size(boxes), _centre_and_size(anchors)
    if boxes.shape != anchors.shape or tf.reduce_any(size <= 0) or tf.reduce_any(anchor_size <= 0):
        raise ValueError("expected an anchor for each box, none of them empty")
    return tf.concat([(centre - anchor_centre) / anchor_size, tf.math.log(size / anchor_size)], axis=1)


def decode_boxes(deltas, anchors):
    """The boxes [N, 4] of which `encode_boxes` gives the deltas [N, 4]."""
    _check_boxes(deltas, anchors)
    if deltas.shape != anchors.shape:
        raise ValueError("expected an anchor for each row")
    anchor_centre, anchor_size = _centre_and_size(anchors)
    centre, size = anchor_centre + deltas[:, :2] * anchor_size, anchor_size * tf.exp(deltas[:, 2:])
    return tf.concat([centre - size / 2, centre + size / 2], axis=1)


def smooth_l1(pred, target, beta=1.0):
    """The mean over elements of d² / (2 beta) where d = |pred - target| is below beta, of d - beta / 2 elsewhere."""
    if pred.shape != target.shape or beta <= 0:
        raise ValueError("expected two tensors of one shape, and a beta above 0")
    distance = tf.abs(pred - target)
    return tf.reduce_mean(tf.where(distance < beta, distance**2 / (2 * beta), distance - beta / 2))


def build_detector(image_size, num_classes):
    """A small convolutional network from images [N, S, S, 1] to a box and the classes' logits."""
    if min(image_size, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    return keras.Sequential(
        [
            layers.Input((image_size, image_size, 1)),
            *(layers.Conv2D(16, 3, padding="same", activation="relu"), layers.MaxPool2D(padding="same")),
            *(layers.Conv2D(16, 3, padding="same", activation="relu"), layers.Flatten()),
            *(layers.Dense(64, activation="relu"), layers.Dense(4 + num_classes)),
        ]
    )


def train(model, images, boxes, labels, epochs, seed):
    """images [N, S, S, 1], boxes [N, 4] in pixels, labels [N]."""
    if epochs < 0 or not len(images) == len(boxes) == len(labels):
        raise ValueError("expected epochs of at least 0, and a box and a label for each image")
    random = tf.random.Generator.from_seed(seed)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(rows):
        with tf.GradientTape() as tape:
            found, logits = _outputs(model, tf.gather(images, rows))
            off = smooth_l1(found, tf.gather(boxes, rows) / images.shape[1], BETA)
            entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(labels, rows), logits)
            loss = 20 * off + tf.reduce_mean(entropy)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for _ in range(epochs):
        order = tf.argsort(random.uniform((len(images),)))
        for start in range(0, len(images), BATCH):
            step(order[start : start + BATCH])
    return model


def detect(model, images):
    """One box [N, 4] in pixels and class probabilities [N, C] for each image."""
    boxes, logits = _outputs(model, images)
    return boxes * images.shape[1], tf.nn.softmax(logits)


def _outputs(model, images):
    """Boxes as shares of the image's side, and logits."""
    found = model(images)
    return found[:, :4], found[:, 4:]


def _area(boxes):
    return tf.reduce_prod(boxes[:, 2:] - boxes[:, :2], axis=1)


def _centre_and_size(boxes):
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def _check_boxes(*arrays):
    if any(len(boxes.shape) != 2 or boxes.shape[1] != 4 for boxes in arrays):
        raise ValueError("boxes must be [N, 4]")
