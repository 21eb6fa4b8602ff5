# /// wrong
# framework = "numpy"
# loses = ["test_explores"]
# also = ["test_chain", "test_threshold_game", "test_bad_arguments"]
# diagnosis = "the last action is never drawn in exploration"
# diagnosis_zh = "探索时从不抽到最后一个动作"
# ///

import random
from collections import deque

import numpy as np


def td_targets(rewards, next_q, dones, gamma):
    if not 0 <= gamma <= 1 or len(rewards) != len(next_q) or len(rewards) != len(dones):
        raise ValueError("bad shapes or gamma")
    not_done = 1 - dones.astype(np.float32)
    return rewards + np.float32(gamma) * not_done * next_q.max(axis=1)


class Network:
    def __init__(self, sizes, rng):
        self.weights = [rng.normal(0, np.sqrt(2 / n), (n, m)) for n, m in zip(sizes, sizes[1:])]
        self.biases = [np.zeros(m) for m in sizes[1:]]
        self.m = [np.zeros_like(p) for p in self.weights + self.biases]
        self.v = [np.zeros_like(p) for p in self.weights + self.biases]
        self.t = 0

    def forward(self, x):
        self.inputs = []
        for i, (w, b) in enumerate(zip(self.weights, self.biases)):
            self.inputs.append(x)
            x = x @ w + b
            if i < len(self.weights) - 1:
                x = np.maximum(x, 0)
        return x

    def step(self, grad, lr):
        grads_w, grads_b = [], []
        for w, x in zip(reversed(self.weights), reversed(self.inputs)):
            grads_w.insert(0, x.T @ grad)
            grads_b.insert(0, grad.sum(axis=0))
            grad = (grad @ w.T) * (x > 0)
        self.t += 1
        for i, (p, g) in enumerate(zip(self.weights + self.biases, grads_w + grads_b)):
            self.m[i] = 0.9 * self.m[i] + 0.1 * g
            self.v[i] = 0.999 * self.v[i] + 0.001 * g * g
            m_hat = self.m[i] / (1 - 0.9**self.t)
            v_hat = self.v[i] / (1 - 0.999**self.t)
            p -= lr * m_hat / (np.sqrt(v_hat) + 1e-8)


class DQNAgent:
    def __init__(self, state_size, action_size, seed):
        if state_size < 1 or action_size < 1:
            raise ValueError("sizes must be positive")
        self.action_size = action_size
        self.gamma = 0.95
        self.epsilon = 1.0
        self.epsilon_min = 0.01
        self.epsilon_decay = 0.99
        self.learning_rate = 0.003
        self.memory = deque(maxlen=5000)
        self.rng = random.Random(seed)
        self.model = Network([state_size, 32, 32, action_size], np.random.default_rng(seed))

    def remember(self, state, action, reward, next_state, done):
        if not 0 <= action < self.action_size:
            raise ValueError("no such action")
        self.memory.append((state, action, reward, next_state, done))

    def act(self, state, explore=True):
        if explore and self.rng.random() < self.epsilon:
            return self.rng.randint(0, self.action_size - 2)
        return int(np.argmax(self.model.forward(state[None, :])[0]))

    def replay(self, batch_size):
        if batch_size < 1:
            raise ValueError("batch_size must be positive")
        if len(self.memory) < batch_size:
            return 0.0
        batch = self.rng.sample(self.memory, batch_size)
        states = np.array([t[0] for t in batch])
        actions = np.array([t[1] for t in batch])
        rewards = np.array([t[2] for t in batch])
        next_states = np.array([t[3] for t in batch])
        dones = np.array([t[4] for t in batch])
        targets = td_targets(rewards, self.model.forward(next_states), dones, self.gamma)
        q = self.model.forward(states)
        wanted = q.copy()
        wanted[np.arange(batch_size), actions] = targets
        self.model.step(2 * (q - wanted) / batch_size, self.learning_rate)
        if self.epsilon > self.epsilon_min:
            self.epsilon *= self.epsilon_decay
        return float(np.mean(np.sum((q - wanted) ** 2, axis=1)))
