"""A gradient bandit: Sutton and Barto, "Reinforcement Learning", 2nd edition (2018), section 2.8, equation 2.12."""

import random
from collections.abc import Callable

import tensorflow as tf


class GradientBandit:
    """Draws arms from the softmax of its preferences h, and moves those up the gradient of the expected reward."""

    def __init__(self, arms: int, step_size: float, seed: int) -> None:
        if arms < 1 or not step_size > 0:
            raise ValueError("expected at least one arm and a step_size above 0")
        self.step_size = step_size
        self.random = random.Random(seed)
        self.h = tf.zeros(arms)
        self.mean, self.count = 0.0, 0

    def policy(self) -> tf.Tensor:
        """softmax(h): [arms]."""
        return tf.nn.softmax(self.h)

    def act(self) -> int:
        return self.random.choices(range(len(self.h)), self.policy().numpy())[0]

    def learn(self, arm: int, reward: float) -> None:
        """h ← h + step_size (r - m)(onehot(arm) - π), with m the mean of all rewards, this one included."""
        if not 0 <= arm < len(self.h):
            raise ValueError(f"there is no arm {arm}")
        self.count += 1
        self.mean += (reward - self.mean) / self.count
        onehot = tf.one_hot(arm, len(self.h))
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
