# /// right
# framework = "tensorflow"
# style = "keras.ops, a functional Keras model of two outputs, trained by fit"
# ///

import keras
import numpy as np
from keras import layers, ops


def check(x):
    if len(x.shape) != 2 or x.shape[-1] != 4:
        raise ValueError("not [N, 4]")


def iou(a, b):
    check(a)
    check(b)
    ax1, ay1, ax2, ay2 = (ops.expand_dims(c, 1) for c in ops.unstack(a, axis=1))
    bx1, by1, bx2, by2 = ops.unstack(b, axis=1)
    width = ops.relu(ops.minimum(ax2, bx2) - ops.maximum(ax1, bx1))
    height = ops.relu(ops.minimum(ay2, by2) - ops.maximum(ay1, by1))
    inter = width * height
    union = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - inter
    return inter / ops.maximum(union, 1e-12)


def nms(boxes, scores, threshold):
    check(boxes)
    if boxes.shape[0] != scores.shape[0] or not 0 <= threshold <= 1:
        raise ValueError("scores or threshold")
    overlaps = ops.convert_to_numpy(iou(boxes, boxes))
    order = np.argsort(-ops.convert_to_numpy(scores), kind="stable")
    keep = []
    while len(order):
        keep.append(int(order[0]))
        order = order[1:][overlaps[order[0], order[1:]] <= threshold]
    return keep


def encode_boxes(boxes, anchors):
    check(boxes)
    check(anchors)
    if boxes.shape[0] != anchors.shape[0]:
        raise ValueError("numbers differ")
    size, anchor = boxes[:, 2:] - boxes[:, :2], anchors[:, 2:] - anchors[:, :2]
    if float(ops.min(size)) <= 0 or float(ops.min(anchor)) <= 0:
        raise ValueError("empty")
    middle = (boxes[:, 2:] + boxes[:, :2] - anchors[:, 2:] - anchors[:, :2]) / 2
    return ops.concatenate([middle / anchor, ops.log(size) - ops.log(anchor)], axis=1)


def decode_boxes(deltas, anchors):
    check(deltas)
    check(anchors)
    if deltas.shape[0] != anchors.shape[0]:
        raise ValueError("numbers differ")
    anchor = anchors[:, 2:] - anchors[:, :2]
    half = anchor * ops.exp(deltas[:, 2:]) / 2
    centre = anchors[:, :2] + anchor / 2 + anchor * deltas[:, :2]
    return ops.concatenate([centre - half, centre + half], axis=-1)


def smooth_l1(pred, target, beta=1.0):
    if tuple(pred.shape) != tuple(target.shape) or beta <= 0:
        raise ValueError("shape or beta")
    d = ops.abs(pred - target)
    return ops.mean(ops.where(ops.less(d, beta), ops.square(d) * 0.5 / beta, d - 0.5 * beta))


def build_detector(image_size, num_classes):
    if image_size < 1 or num_classes < 1:
        raise ValueError("sizes")
    pixels = keras.Input((image_size, image_size, 1))
    x = layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(pixels)
    x = layers.Flatten()(x)
    x = layers.Dense(96, activation="relu")(x)
    box = layers.Dense(4, name="box")(x)
    label = layers.Dense(num_classes, activation="softmax", name="label")(x)
    return keras.Model(pixels, [box, label])


def train(model, images, boxes, labels, epochs, seed):
    if epochs < 0 or not (len(images) == len(boxes) == len(labels)):
        raise ValueError("epochs or numbers")
    model.compile(
        keras.optimizers.Adam(3e-3), loss=["mae", "sparse_categorical_crossentropy"], loss_weights=[10.0, 1.0]
    )
    rng = np.random.default_rng(seed)
    x, y, z = (np.array(a) for a in (images, boxes / images.shape[1], labels))
    for _ in range(epochs):
        order = rng.permutation(len(x))
        model.fit(x[order], [y[order], z[order]], batch_size=32, shuffle=False, verbose=0)
    return model


def detect(model, images):
    box, label = model(images, training=False)
    return box * images.shape[1], label
