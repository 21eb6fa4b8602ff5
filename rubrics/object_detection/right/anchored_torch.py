# /// right
# framework = "torch"
# style = "float64 inside; a module of two heads that learns deltas from the whole image as its anchor; a new model is returned; numpy arrays out"
# ///

import copy

import torch
from torch import nn


def checked(x):
    if x.dim() != 2 or x.size(1) != 4:
        raise ValueError("not [N, 4]")
    return x.double()


def iou(a, b):
    a, b = checked(a), checked(b)
    x1 = torch.max(a[:, 0].unsqueeze(1), b[:, 0])
    y1 = torch.max(a[:, 1].unsqueeze(1), b[:, 1])
    x2 = torch.min(a[:, 2].unsqueeze(1), b[:, 2])
    y2 = torch.min(a[:, 3].unsqueeze(1), b[:, 3])
    inter = (x2 - x1).relu() * (y2 - y1).relu()
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a.unsqueeze(1) + area_b.unsqueeze(0) - inter
    return torch.nan_to_num(inter / union, nan=0.0).float().numpy()


def nms(boxes, scores, threshold):
    if boxes.size(0) != scores.size(0) or not (0 <= threshold <= 1):
        raise ValueError("scores or threshold")
    overlaps = torch.as_tensor(iou(boxes, boxes))
    alive = torch.ones(len(boxes), dtype=torch.bool)
    keep = []
    for i in torch.sort(scores, descending=True, stable=True).indices:
        if alive[i]:
            keep.append(i)
            alive &= overlaps[i] <= threshold
    return torch.stack(keep) if keep else torch.zeros(0, dtype=torch.long)


def corners_to_centres(x):
    wh = x[:, 2:] - x[:, :2]
    return x[:, :2] + wh / 2, wh


def encode_boxes(boxes, anchors):
    boxes, anchors = checked(boxes), checked(anchors)
    if len(boxes) != len(anchors):
        raise ValueError("numbers differ")
    (c, wh), (ac, awh) = corners_to_centres(boxes), corners_to_centres(anchors)
    if torch.any(torch.cat([wh, awh]) <= 0):
        raise ValueError("empty")
    return torch.hstack([(c - ac) / awh, wh.log() - awh.log()]).float()


def decode_boxes(deltas, anchors):
    deltas, anchors = checked(deltas), checked(anchors)
    if len(deltas) != len(anchors):
        raise ValueError("numbers differ")
    ac, awh = corners_to_centres(anchors)
    c, wh = ac + deltas[:, :2] * awh, awh * deltas[:, 2:].exp()
    return torch.hstack([c - wh / 2, c + wh / 2]).float()


def smooth_l1(pred, target, beta=1.0):
    if pred.size() != target.size() or beta <= 0:
        raise ValueError("shape or beta")
    d = (pred - target).abs()
    small = d.clamp(max=beta)
    return (small * small / (2 * beta) + (d - small)).mean()


class Detector(nn.Module):
    def __init__(self, size, classes):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 8, 5, stride=2, padding=2), nn.ELU(), nn.Conv2d(8, 24, 3, padding=1), nn.ELU(), nn.Flatten()
        )
        wide = self.body(torch.zeros(1, 1, size, size)).shape[1]
        self.box = nn.Sequential(nn.Linear(wide, 96), nn.ReLU(), nn.Linear(96, 4))
        self.label = nn.Linear(wide, classes)

    def forward(self, images):
        features = self.body(images.squeeze(-1).unsqueeze(1))
        return self.box(features), self.label(features)


def build_detector(image_size, num_classes):
    if image_size < 1 or num_classes < 1:
        raise ValueError("sizes")
    return Detector(image_size, num_classes)


def whole(images):
    side = float(images.shape[1])
    return torch.tensor([[0.0, 0.0, side, side]]).expand(len(images), 4)


def train(model, images, boxes, labels, epochs, seed):
    if epochs < 0 or len(boxes) != len(images) or len(labels) != len(images):
        raise ValueError("epochs or numbers")
    model = copy.deepcopy(model).train()
    targets = encode_boxes(boxes, whole(images))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    gen = torch.Generator()
    gen.manual_seed(seed)
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=gen)
        for start in range(0, len(order), 25):
            rows = order[start : start + 25]
            deltas, logits = model(images[rows])
            loss = 10 * smooth_l1(deltas, targets[rows], 0.2) + nn.functional.cross_entropy(logits, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()


def detect(model, images):
    with torch.inference_mode():
        deltas, logits = model(images)
        return decode_boxes(deltas, whole(images)).numpy(), logits.softmax(-1).numpy()
