"""A gradient bandit: Sutton and Barto, "Reinforcement Learning", 2nd edition (2018), section 2.8, equation 2.12."""

from collections.abc import Callable

import torch
from torch import Tensor


class GradientBandit:
    """Draws arms from the softmax of its preferences h, and moves those up the gradient of the expected reward."""

    def __init__(self, arms: int, step_size: float, seed: int) -> None:
        if arms < 1 or not step_size > 0:
            raise ValueError("expected at least one arm and a step_size above 0")
        self.step_size = step_size
        self.random = torch.Generator().manual_seed(seed)
        self.h = torch.zeros(arms)
        self.mean, self.count = 0.0, 0

    def policy(self) -> Tensor:
        """softmax(h): [arms]."""
        return self.h.softmax(dim=0)

    def act(self) -> int:
        return int(torch.multinomial(self.policy(), 1, generator=self.random))

    def learn(self, arm: int, reward: float) -> None:
        """h ← h + step_size (r - m)(onehot(arm) - π), with m the mean of all rewards, this one included."""
        if not 0 <= arm < len(self.h):
            raise ValueError(f"there is no arm {arm}")
        self.count += 1
        self.mean += (reward - self.mean) / self.count
        onehot = (torch.arange(len(self.h)) == arm).float()
        self.h += self.step_size * (reward - self.mean) * (onehot - self.policy())


def play(agent: GradientBandit, pull: Callable[[int], float], rounds: int) -> float:
    """Act, pull and learn, `rounds` times over; returns the sum of the rewards."""
    if rounds < 0:
        raise ValueError("rounds must not be negative")
    total = 0.0
    for _ in range(rounds):
        arm = agent.act()
        reward = pull(arm)
        agent.learn(arm, reward)
        total += reward
    return total
