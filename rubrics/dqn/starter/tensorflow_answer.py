"""Deep Q-learning with experience replay."""

import tensorflow as tf


def td_targets(rewards: tf.Tensor, next_q: tf.Tensor, dones: tf.Tensor, gamma: float) -> tf.Tensor:
    """What Q(s, a) of each transition is to be pulled to.

    Args:
        rewards: [B], float32.
        next_q: [B, A], float32, the action values of the next states.
        dones: [B], bool, or 0 and 1 in int64 or float32; true where the episode ended with the transition.
        gamma: the discount, in [0, 1].

    Returns:
        The targets, [B].

    Raises:
        ValueError: for shapes that do not fit together, or a gamma outside [0, 1].
    """
    raise NotImplementedError


class DQNAgent:
    """An agent with a network for Q(s, .), a bounded memory, and epsilon-greedy behaviour.

    Args:
        state_size: the length S of a state.
        action_size: the number A of actions.
        seed: the same seed and the same calls give the same actions and losses.

    Attributes:
        epsilon: the probability of a random action: 1.0 at first, lowered by each `replay` down to a floor.

    Raises:
        ValueError: for a state_size or an action_size below 1.
    """

    def __init__(self, state_size: int, action_size: int, seed: int) -> None:
        raise NotImplementedError

    def act(self, state: tf.Tensor, explore: bool = True) -> int:
        """Choose an action for a state [S], float32: greedily, or with probability epsilon at random if `explore`."""
        raise NotImplementedError

    def remember(self, state: tf.Tensor, action: int, reward: float, next_state: tf.Tensor, done: bool) -> None:
        """Store a transition; states are [S], float32. Raises ValueError for an action outside 0 … A - 1."""
        raise NotImplementedError

    def replay(self, batch_size: int) -> float:
        """Learn from a random minibatch and return its loss. Raises ValueError for a batch_size below 1."""
        raise NotImplementedError
