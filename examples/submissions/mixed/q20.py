from collections import deque
import random

import numpy as np


def td_targets(rewards, next_q, dones, gamma):
    # to do: what about dones?
    return (rewards + gamma * next_q.max(axis=1)).astype(np.float32)


class DQNAgent:
    def __init__(self, state_size, action_size, seed):
        if state_size < 1 or action_size < 1:
            raise ValueError("sizes")
        self.rng = random.Random(seed)
        r = np.random.RandomState(seed)
        self.W1, self.b1 = r.randn(state_size, 32) * 0.5, np.zeros(32)
        self.W2, self.b2 = r.randn(32, action_size) * 0.1, np.zeros(action_size)
        self.n = action_size
        self.memory = deque(maxlen=2000)
        self.epsilon, self.gamma, self.lr = 1.0, 0.95, 0.05

    def q(self, s):
        self.h = np.tanh(s @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def act(self, state, explore=True):
        if explore and self.rng.random() < self.epsilon:
            return self.rng.randrange(self.n)
        return int(self.q(state[None])[0].argmax())

    def remember(self, state, action, reward, next_state, done):
        if not 0 <= action < self.n:
            raise ValueError("action")
        self.memory.append((state, action, reward, next_state, done))

    def replay(self, batch_size):
        if batch_size < 1:
            raise ValueError("batch_size")
        if len(self.memory) < batch_size:
            return 0.0
        s, a, r, s2, d = map(np.array, zip(*self.rng.sample(self.memory, batch_size)))
        target = td_targets(r, self.q(s2), d, self.gamma)
        q = self.q(s)
        err = q[np.arange(batch_size), a] - target
        g = np.zeros_like(q)
        g[np.arange(batch_size), a] = 2 * err / batch_size
        dh = g @ self.W2.T * (1 - self.h**2)
        self.W2 -= self.lr * self.h.T @ g
        self.b2 -= self.lr * g.sum(0)
        self.W1 -= self.lr * s.T @ dh
        self.b1 -= self.lr * dh.sum(0)
        self.epsilon = max(0.05, self.epsilon * 0.99)
        return float((err**2).mean())
