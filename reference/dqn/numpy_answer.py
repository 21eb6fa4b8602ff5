"""Deep Q-learning with experience replay and a target network: Mnih et al., "Human-level control through deep
reinforcement learning", Nature 518 (2015), algorithm 1. The network is trained by Adam (Kingma and Ba, 2015)."""

import random
from collections import deque

import numpy as np

GAMMA = 0.95
CAPACITY = 10_000
EPSILON_MIN, EPSILON_DECAY = 0.05, 0.99
HIDDEN, LEARNING_RATE, SYNC_EVERY = 64, 0.005, 10


def td_targets(rewards, next_q, dones, gamma):
    """y_i = r_i + gamma * max_a Q(s'_i, a), and y_i = r_i where the episode ended.

    rewards [B], next_q [B, A], dones [B] bool or 0/1 -> [B].
    """
    if not rewards.shape == dones.shape == next_q.shape[:1]:
        raise ValueError("expected rewards [B], next_q [B, A] and dones [B]")
    if not 0 <= gamma <= 1:
        raise ValueError("gamma must lie in [0, 1]")
    return rewards + gamma * np.where(dones, 0, next_q.max(axis=1)).astype(rewards.dtype)


class DQNAgent:
    """Epsilon-greedy on Q(s, .) = relu(s W1 + b1) W2 + b2."""

    def __init__(self, state_size, action_size, seed):
        if state_size < 1 or action_size < 1:
            raise ValueError("state_size and action_size must be at least 1")
        self.action_size = action_size
        self.epsilon = 1.0
        self.random = random.Random(seed)
        self.memory = deque(maxlen=CAPACITY)
        rng = np.random.default_rng(seed)
        bound1, bound2 = state_size**-0.5, HIDDEN**-0.5
        self.weights = [
            rng.uniform(-bound1, bound1, (state_size, HIDDEN)),
            rng.uniform(-bound1, bound1, HIDDEN),
            rng.uniform(-bound2, bound2, (HIDDEN, action_size)),
            np.zeros(action_size),
        ]
        self.target_weights = [w.copy() for w in self.weights]
        self.moments = [(np.zeros_like(w), np.zeros_like(w)) for w in self.weights]
        self.step = 0

    def act(self, state, explore=True):
        """State [S] -> a uniformly drawn action with probability epsilon, else argmax_a Q(state, a)."""
        if explore and self.random.random() < self.epsilon:
            return self.random.randrange(self.action_size)
        return int(_q_values(self.weights, state[None])[1][0].argmax())

    def remember(self, state, action, reward, next_state, done):
        if not 0 <= action < self.action_size:
            raise ValueError(f"action must lie in 0 .. {self.action_size - 1}")
        self.memory.append((state, action, reward, next_state, done))

    def replay(self, batch_size):
        """One step of descent on mean_i (y_i - Q(s_i, a_i))^2 over a uniform minibatch; returns that loss."""
        if batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        if len(self.memory) < batch_size:
            return 0.0
        batch = zip(*self.random.sample(self.memory, batch_size), strict=True)
        states, actions, rewards, next_states, dones = map(np.array, batch)

        next_q = _q_values(self.target_weights, next_states)[1]
        targets = td_targets(rewards, next_q, dones, GAMMA)
        hidden, q = _q_values(self.weights, states)
        rows = np.arange(batch_size)
        error = q[rows, actions] - targets

        d_q = np.zeros_like(q)
        d_q[rows, actions] = 2 * error / batch_size
        d_hidden = d_q @ self.weights[2].T * (hidden > 0)
        self._adam([states.T @ d_hidden, d_hidden.sum(0), hidden.T @ d_q, d_q.sum(0)])

        if self.step % SYNC_EVERY == 0:
            self.target_weights = [w.copy() for w in self.weights]
        self.epsilon = max(EPSILON_MIN, self.epsilon * EPSILON_DECAY)
        return float(np.mean(error**2))

    def _adam(self, gradients, beta1=0.9, beta2=0.999, eps=1e-8):
        self.step += 1
        for w, (m, v), g in zip(self.weights, self.moments, gradients, strict=True):
            m += (1 - beta1) * (g - m)
            v += (1 - beta2) * (g**2 - v)
            w -= LEARNING_RATE * (m / (1 - beta1**self.step)) / (np.sqrt(v / (1 - beta2**self.step)) + eps)


def _q_values(weights, states):
    """States [B, S] -> (hidden layer [B, H], action values [B, A])."""
    w1, b1, w2, b2 = weights
    hidden = np.maximum(states @ w1 + b1, 0)
    return hidden, hidden @ w2 + b2
