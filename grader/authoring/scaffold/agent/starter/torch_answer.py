"""A gradient bandit."""

from collections.abc import Callable

from torch import Tensor


class GradientBandit:
    """Draws arms from the softmax of its preferences, and learns from the rewards."""

    def __init__(self, arms: int, step_size: float, seed: int) -> None:
        """
        Args:
            arms: how many, 1 or more.
            step_size: above 0.
            seed: decides the draws.

        Raises:
            ValueError: for an argument outside these ranges.
        """
        raise NotImplementedError

    def policy(self) -> Tensor:
        """The probability of each arm: [arms], float32 or finer."""
        raise NotImplementedError

    def act(self) -> int:
        """An arm, drawn from the policy."""
        raise NotImplementedError

    def learn(self, arm: int, reward: float) -> None:
        """Move the preferences, given what an arm has paid.

        Raises:
            ValueError: for an arm that is not there.
        """
        raise NotImplementedError


def play(agent: GradientBandit, pull: Callable[[int], float], rounds: int) -> float:
    """Act, pull the arm and learn, once a round.

    Args:
        agent: a GradientBandit.
        pull: the machine: pays a reward for an arm.
        rounds: how many, 0 or more.

    Returns:
        The sum of the rewards.

    Raises:
        ValueError: for a negative number of rounds.
    """
    raise NotImplementedError
