# /// right
# framework = "torch"
# style = "torch.nn.functional.grid_sample; the global generator, seeded and put back; numpy arrays as results"
# ///

import numpy as np
import torch
import torch.nn.functional as F


class seeded:
    def __init__(self, seed):
        self.seed = seed

    def __enter__(self):
        self.state = torch.get_rng_state()
        torch.manual_seed(self.seed)

    def __exit__(self, *_):
        torch.set_rng_state(self.state)


def whole(result, images):
    top = 255 if images.dtype == torch.uint8 else 1
    result = torch.clamp(result, 0, top)
    if images.dtype == torch.uint8:
        result = torch.round(result)
    return result.type(images.dtype).numpy()


def random_crop(images, size, seed):
    n, h, w, c = images.shape
    if size < 1 or size > min(h, w):
        raise ValueError("size")
    views = images.unfold(1, size, 1).unfold(2, size, 1)  # [N, rows, columns, C, size, size]
    with seeded(seed):
        y = torch.randint(0, views.size(1), (n,))
        x = torch.randint(0, views.size(2), (n,))
    return views[torch.arange(n), y, x].permute(0, 2, 3, 1).contiguous().numpy()


def horizontal_flip(images, seed, probability):
    if not 0 <= probability <= 1:
        raise ValueError("probability")
    with seeded(seed):
        chosen = torch.bernoulli(torch.full((len(images),), float(probability))).bool()
    out = images.clone()
    out[chosen] = torch.flip(images[chosen], dims=[2])
    return out.numpy()


def warp(images, maps):
    """`maps` [N, 2, 2] takes offsets (x, y) of the result, in pixels, to those of the source."""
    n, h, w, c = images.shape
    pixels = torch.tensor([(w - 1) / 2, (h - 1) / 2], dtype=torch.float64).clamp(min=0.5)
    y, x = torch.meshgrid(torch.arange(h).double() - (h - 1) / 2, torch.arange(w).double() - (w - 1) / 2, indexing="ij")
    grid = torch.stack([x, y], -1) @ maps.transpose(1, 2).reshape(-1, 1, 2, 2) / pixels
    planes = images.permute(0, 3, 1, 2).double()
    found = F.grid_sample(planes, grid.expand(n, h, w, 2), mode="bilinear", padding_mode="zeros", align_corners=True)
    return whole(found.permute(0, 2, 3, 1), images)


def rotate(images, degrees):
    angle = torch.deg2rad(torch.tensor(float(degrees), dtype=torch.float64))
    c, s = torch.cos(angle), torch.sin(angle)
    return warp(images, torch.stack([torch.stack([c, -s]), torch.stack([s, c])])[None])


def random_scale(images, low, high, seed):
    if not 0 < low <= high:
        raise ValueError("factors")
    with seeded(seed):
        factors = (
            torch.empty(len(images), dtype=torch.float64).uniform_(low, high)
            if low < high
            else torch.full((len(images),), low)
        )
    return warp(images, torch.eye(2).double() / factors.double()[:, None, None])


def color_jitter(images, brightness, contrast, seed):
    for strength in (brightness, contrast):
        if strength < 0 or strength > 1:
            raise ValueError("strength")
    with seeded(seed):
        draws = 2 * torch.rand(2, len(images), 1, 1, 1) - 1
    x = images.float()
    mean = x.flatten(1).mean(1).view(-1, 1, 1, 1)
    top = 255 if images.dtype == torch.uint8 else 1
    return whole(torch.lerp(mean, x, 1 + contrast * draws[0]) + brightness * draws[1] * top, images)


def augment(images, seed):
    rng = np.random.default_rng(seed)
    seeds = [int(s) for s in rng.integers(0, 2**31, 3)]
    images = torch.from_numpy(horizontal_flip(images, seeds[0], 0.5))
    images = torch.from_numpy(color_jitter(images, 0.1, 0.1, seeds[1]))
    return random_scale(images, 0.9, 1.1, seeds[2])
