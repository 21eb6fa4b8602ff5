"""Train the networks that the questions on transfer learning supply to answers.

    python scripts/train_bases.py [ID...]

Writes `support/base.npz` of each question, and prints what the network reaches on what it was trained for. The data
comes from the question's own rubric. The same machine and versions give the same numbers; others, ones as good.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Callable, Mapping
from types import ModuleType

import numpy as np
import torch
from torch import Tensor, nn

from grader.bank import Question, find_question, load_bank

SEED = 2014


def transfer_learning(rubric: ModuleType, support: ModuleType) -> nn.Module:
    """Learns to tell the hidden quantities from what is seen of them; each feature has mean 0 and deviation 1."""
    base = support._network(32, 24, 64, 12)
    head = nn.Linear(12, rubric.HIDDEN)
    rng = np.random.default_rng(SEED)

    def draw(count: int) -> tuple[Tensor, Tensor]:
        hidden = rng.uniform(-1, 1, (count, rubric.HIDDEN))
        return torch.from_numpy(rubric.observe(rng, hidden)), torch.from_numpy(hidden).float()

    steps = 10_000
    optimizer = torch.optim.Adam([*base.parameters(), *head.parameters()], 3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        seen, hidden = draw(128)
        loss = (head(base(seen)) - hidden).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        seen, hidden = draw(5000)
        error = (head(base(seen)) - hidden).square().mean() / hidden.square().mean()
        print(f"transfer-learning: {1 - error.item():.1%} of the hidden quantities' variance")
        features = base(seen)
        base[-1].weight /= features.std(dim=0)[:, None]
        base[-1].bias.sub_(features.mean(dim=0)).div_(features.std(dim=0))
    return base


def image_transfer_learning(rubric: ModuleType, support: ModuleType) -> nn.Module:
    """Learns to tell 24 kinds of stripes: 8 directions by 3 widths."""
    base = support.untrained()
    kinds = np.array([[np.pi * i / 8, waves] for i in range(8) for waves in (0.12, 0.2, 0.3)])
    head = nn.Linear(rubric.CHANNELS, len(kinds))
    rng = np.random.default_rng(SEED)

    def draw(each: int) -> tuple[Tensor, Tensor]:
        labels = np.repeat(np.arange(len(kinds)), each)
        images = rubric.laid_out("torch", rubric.stripes(rng, kinds, labels))
        return torch.from_numpy(images), torch.from_numpy(labels)

    steps = 1000
    optimizer = torch.optim.Adam([*base.parameters(), *head.parameters()], 4e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    for _ in range(steps):
        images, labels = draw(4)
        loss = nn.functional.cross_entropy(head(base(images).mean(dim=(2, 3))), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    base.eval()
    with torch.no_grad():
        images, labels = draw(40)
        right = head(base(images).mean(dim=(2, 3))).argmax(dim=1) == labels
        print(f"image-transfer-learning: {right.float().mean().item():.1%} of {len(kinds)} kinds of stripes")
    return base


TRAINED: Mapping[str, Callable[[ModuleType, ModuleType], nn.Module]] = {
    "transfer-learning": transfer_learning,
    "image-transfer-learning": image_transfer_learning,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", default=list(TRAINED), metavar="ID")
    bank = load_bank()
    for name in parser.parse_args().ids:
        question = find_question(bank, name)
        torch.manual_seed(SEED)
        base = TRAINED[name](load(question, "rubric"), load(question, "support/base_torch"))
        arrays = {name: value.numpy() for name, value in base.state_dict().items()}
        np.savez(question.folder / "support" / "base.npz", **arrays)


def load(question: Question, module: str) -> ModuleType:
    path = question.folder / f"{module}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


if __name__ == "__main__":
    main()
