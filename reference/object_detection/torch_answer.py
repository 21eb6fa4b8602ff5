"""Boxes as in Faster R-CNN (Ren et al., 2015, arXiv:1506.01497, section 3.1.2), its smooth L1 loss (Girshick, 2015,
arXiv:1504.08083, equation 3), greedy non-maximum suppression, and a small detector of one object.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BATCH, LEARNING_RATE, BETA = 32, 2e-3, 0.1


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of boxes a [N, 4] and b [M, 4], each (x1, y1, x2, y2): [N, M]. 0 where both are empty."""
    _check_boxes(a, b)
    sides = torch.minimum(a[:, None, 2:], b[:, 2:]) - torch.maximum(a[:, None, :2], b[:, :2])
    shared = sides.clamp(min=0).prod(dim=-1)
    union = _area(a)[:, None] + _area(b) - shared
    return shared / torch.where(union > 0, union, 1)


def nms(boxes: Tensor, scores: Tensor, threshold: float) -> list[int]:
    """Indices of the boxes [N, 4] that are kept, by falling score; of equal scores [N], the first comes first.

    A box is dropped where its IoU with one that is kept exceeds the threshold.
    """
    _check_boxes(boxes)
    if len(scores) != len(boxes) or not 0 <= threshold <= 1:
        raise ValueError("expected a score for each box, and a threshold from 0 to 1")
    overlaps = iou(boxes, boxes) > threshold
    kept: list[int] = []
    for i in torch.argsort(scores, descending=True, stable=True).tolist():
        if not overlaps[i, kept].any():
            kept.append(i)
    return kept


def encode_boxes(boxes: Tensor, anchors: Tensor) -> Tensor:
    """(tx, ty, tw, th) [N, 4] of boxes [N, 4] from anchors [N, 4]: offsets in anchors, logarithms of sizes."""
    _check_boxes(boxes, anchors)
    (centre, size), (anchor_centre, anchor_size) = _centre_and_size(boxes), _centre_and_size(anchors)
    if boxes.shape != anchors.shape or (size <= 0).any() or (anchor_size <= 0).any():
        raise ValueError("expected an anchor for each box, none of them empty")
    return torch.cat([(centre - anchor_centre) / anchor_size, torch.log(size / anchor_size)], dim=1)


def decode_boxes(deltas: Tensor, anchors: Tensor) -> Tensor:
    """The boxes [N, 4] of which `encode_boxes` gives the deltas [N, 4]."""
    _check_boxes(deltas, anchors)
    if deltas.shape != anchors.shape:
        raise ValueError("expected an anchor for each row")
    anchor_centre, anchor_size = _centre_and_size(anchors)
    centre, size = anchor_centre + deltas[:, :2] * anchor_size, anchor_size * torch.exp(deltas[:, 2:])
    return torch.cat([centre - size / 2, centre + size / 2], dim=1)


def smooth_l1(pred: Tensor, target: Tensor, beta: float = 1.0) -> Tensor:
    """The mean over elements of d² / (2 beta) where d = |pred - target| is below beta, of d - beta / 2 elsewhere."""
    if pred.shape != target.shape or beta <= 0:
        raise ValueError("expected two tensors of one shape, and a beta above 0")
    distance = (pred - target).abs()
    return torch.where(distance < beta, distance**2 / (2 * beta), distance - beta / 2).mean()


def build_detector(image_size: int, num_classes: int) -> nn.Module:
    """A small convolutional network from images [N, S, S, 1] to a box and the classes' logits."""
    if min(image_size, num_classes) < 1:
        raise ValueError("sizes must be at least 1")
    return nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)),
        *(nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.Flatten()),
        *(nn.Linear(16 * ((image_size + 1) // 2) ** 2, 64), nn.ReLU(), nn.Linear(64, 4 + num_classes)),
    )


def train(model: nn.Module, images: Tensor, boxes: Tensor, labels: Tensor, epochs: int, seed: int) -> nn.Module:
    """images [N, S, S, 1], boxes [N, 4] in pixels, labels [N]."""
    if epochs < 0 or not len(images) == len(boxes) == len(labels):
        raise ValueError("expected epochs of at least 0, and a box and a label for each image")
    random = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    for _ in range(epochs):
        for rows in torch.randperm(len(images), generator=random).split(BATCH):
            found, logits = _outputs(model, images[rows])
            off = smooth_l1(found, boxes[rows] / images.shape[1], BETA)
            loss = 20 * off + F.cross_entropy(logits, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


@torch.no_grad()
def detect(model: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """One box [N, 4] in pixels and class probabilities [N, C] for each image."""
    boxes, logits = _outputs(model, images)
    return boxes * images.shape[1], logits.softmax(dim=1)


def _outputs(model: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """Boxes as shares of the image's side, and logits."""
    found = model(images.permute(0, 3, 1, 2))
    return found[:, :4], found[:, 4:]


def _area(boxes: Tensor) -> Tensor:
    return torch.prod(boxes[:, 2:] - boxes[:, :2], dim=1)


def _centre_and_size(boxes: Tensor) -> tuple[Tensor, Tensor]:
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def _check_boxes(*arrays: Tensor) -> None:
    if any(boxes.ndim != 2 or boxes.shape[1] != 4 for boxes in arrays):
        raise ValueError("boxes must be [N, 4]")
