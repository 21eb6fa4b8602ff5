"""Deep Q-learning with experience replay and a target network: Mnih et al., "Human-level control through deep
reinforcement learning", Nature 518 (2015), algorithm 1."""

import copy
import random
from collections import deque

import torch
from torch import nn
from torch.nn import functional

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
    return rewards + gamma * next_q.amax(dim=1).masked_fill(dones.bool(), 0)


class DQNAgent:
    """Epsilon-greedy on a network with one hidden layer, Q(s, .)."""

    def __init__(self, state_size, action_size, seed):
        if state_size < 1 or action_size < 1:
            raise ValueError("state_size and action_size must be at least 1")
        self.action_size = action_size
        self.epsilon = 1.0
        self.random = random.Random(seed)
        self.memory = deque(maxlen=CAPACITY)
        torch.manual_seed(seed)
        self.q = nn.Sequential(nn.Linear(state_size, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, action_size))
        self.target_q = copy.deepcopy(self.q)
        self.optimizer = torch.optim.Adam(self.q.parameters(), lr=LEARNING_RATE)
        self.step = 0

    @torch.no_grad()
    def act(self, state, explore=True):
        """State [S] -> a uniformly drawn action with probability epsilon, else argmax_a Q(state, a)."""
        if explore and self.random.random() < self.epsilon:
            return self.random.randrange(self.action_size)
        return int(self.q(state).argmax())

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
        states, actions, rewards, next_states, dones = zip(*self.random.sample(self.memory, batch_size), strict=True)

        with torch.no_grad():
            next_q = self.target_q(torch.stack(next_states))
            targets = td_targets(torch.tensor(rewards), next_q, torch.tensor(dones), GAMMA)
        q = self.q(torch.stack(states))  # [B, A]
        taken = q.gather(1, torch.tensor(actions)[:, None])[:, 0]  # [B]
        loss = functional.mse_loss(taken, targets)

        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

        self.step += 1
        if self.step % SYNC_EVERY == 0:
            self.target_q.load_state_dict(self.q.state_dict())
        self.epsilon = max(EPSILON_MIN, self.epsilon * EPSILON_DECAY)
        return loss.item()
