# /// right
# framework = "numpy"
# style = "one network of two hidden layers without a target network, RMSprop, a list as memory, rows one by one where it is short"
# ///

import numpy as np


def td_targets(rewards, next_q, dones, gamma):
    if not len(rewards) == len(next_q) == len(dones):
        raise ValueError("rows")
    if not 0.0 <= gamma <= 1.0:
        raise ValueError("gamma")
    targets = np.array(rewards, dtype=np.float64)
    for i, (q, done) in enumerate(zip(next_q, dones, strict=True)):
        if not done:
            targets[i] += gamma * max(q)
    return targets


class Dense:
    def __init__(self, rng, fan_in, fan_out):
        self.w = rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))
        self.b = np.zeros(fan_out)
        self.sw, self.sb = np.zeros_like(self.w), np.zeros_like(self.b)

    def __call__(self, x):
        self.x = x
        return x @ self.w + self.b

    def back(self, d, rate):
        dw, db, dx = self.x.T @ d, d.sum(axis=0), d @ self.w.T
        self.sw = 0.95 * self.sw + 0.05 * dw**2
        self.sb = 0.95 * self.sb + 0.05 * db**2
        self.w = self.w - rate * dw / (np.sqrt(self.sw) + 1e-6)
        self.b = self.b - rate * db / (np.sqrt(self.sb) + 1e-6)
        return dx


class DQNAgent:
    def __init__(self, state_size, action_size, seed):
        if state_size < 1 or action_size < 1:
            raise ValueError("sizes")
        self.rng = np.random.default_rng(seed)
        self.layers = [Dense(self.rng, *sizes) for sizes in ((state_size, 48), (48, 48), (48, action_size))]
        self.action_size, self.memory, self.epsilon = action_size, [], 1.0

    def values(self, states):
        first, second, last = self.layers
        return last(np.maximum(second(np.maximum(first(states), 0)), 0))

    def act(self, state, explore=True):
        if explore and self.rng.random() < self.epsilon:
            return self.rng.integers(self.action_size)
        return np.argmax(self.values(np.atleast_2d(state)))

    def remember(self, state, action, reward, next_state, done):
        if action < 0 or action >= self.action_size:
            raise ValueError("action")
        self.memory.append((np.copy(state), int(action), float(reward), np.copy(next_state), bool(done)))
        if len(self.memory) > 2_000:
            del self.memory[0]

    def replay(self, batch_size):
        if batch_size < 1:
            raise ValueError("batch_size")
        if not self.memory:
            return 0.0
        chosen = [self.memory[i] for i in self.rng.integers(len(self.memory), size=batch_size)]
        states, actions, rewards, next_states, dones = (np.array(column) for column in zip(*chosen, strict=True))
        targets = td_targets(rewards, self.values(next_states), dones, 0.9)
        q = self.values(states)
        error = np.zeros_like(q)
        rows = np.arange(batch_size)
        error[rows, actions] = q[rows, actions] - targets
        d, (first, second, last) = error / batch_size, self.layers
        d = last.back(d, 2e-3) * (last.x > 0)
        d = second.back(d, 2e-3) * (second.x > 0)
        first.back(d, 2e-3)
        if len(self.memory) >= batch_size:
            self.epsilon = 0.05 + (self.epsilon - 0.05) * 0.985 if self.epsilon > 0.0501 else 0.05
        return np.square(error).sum() / batch_size
