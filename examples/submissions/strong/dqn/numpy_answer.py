import numpy as np


def td_targets(rewards, next_q, dones, gamma):
    if not (0.0 <= gamma <= 1.0):
        raise ValueError("gamma is a number from 0 to 1")
    if next_q.ndim != 2 or rewards.shape != (next_q.shape[0],) or dones.shape != rewards.shape:
        raise ValueError("rewards, next_q and dones are not of one batch")
    alive = 1 - dones.astype(rewards.dtype)
    return rewards + rewards.dtype.type(gamma) * alive * np.max(next_q, axis=1)


class Layer:
    def __init__(self, fan_in, fan_out, rng):
        self.w = rng.normal(0, np.sqrt(2 / fan_in), size=(fan_in, fan_out))
        self.b = np.zeros(fan_out)
        self.adam = [[np.zeros_like(p), np.zeros_like(p)] for p in (self.w, self.b)]

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, grad, t, lr):
        down = grad @ self.w.T
        for p, g, state in zip((self.w, self.b), (self.x.T @ grad, grad.sum(axis=0)), self.adam):
            state[0] = 0.9 * state[0] + 0.1 * g
            state[1] = 0.999 * state[1] + 0.001 * g * g
            p -= lr * state[0] / (1 - 0.9**t) / (np.sqrt(state[1] / (1 - 0.999**t)) + 1e-8)
        return down


class QNetwork:
    def __init__(self, state_size, action_size, rng, hidden=48):
        self.first, self.second = Layer(state_size, hidden, rng), Layer(hidden, action_size, rng)
        self.second.w *= 0.1
        self.t = 0

    def __call__(self, states):
        self.active = np.maximum(self.first.forward(states), 0)
        return self.second.forward(self.active)

    def learn(self, grad, lr):
        self.t += 1
        down = self.second.backward(grad, self.t, lr)
        self.first.backward(down * (self.active > 0), self.t, lr)

    def copy_from(self, other):
        for mine, theirs in ((self.first, other.first), (self.second, other.second)):
            mine.w, mine.b = theirs.w.copy(), theirs.b.copy()


class Memory:
    """A ring: when it is full the oldest transition is overwritten."""

    def __init__(self, capacity, state_size):
        self.states = np.zeros((capacity, state_size), np.float32)
        self.next_states = np.zeros((capacity, state_size), np.float32)
        self.actions = np.zeros(capacity, np.int64)
        self.rewards = np.zeros(capacity, np.float64)
        self.dones = np.zeros(capacity, bool)
        self.capacity, self.written = capacity, 0

    def __len__(self):
        return min(self.written, self.capacity)

    def add(self, state, action, reward, next_state, done):
        i = self.written % self.capacity
        self.states[i], self.actions[i], self.rewards[i] = state, action, reward
        self.next_states[i], self.dones[i] = next_state, done
        self.written += 1

    def draw(self, rows):
        return self.states[rows], self.actions[rows], self.rewards[rows], self.next_states[rows], self.dones[rows]


class DQNAgent:
    gamma, learning_rate, floor, decay, copy_every = 0.95, 3e-3, 0.02, 0.99, 20

    def __init__(self, state_size, action_size, seed):
        if state_size < 1 or action_size < 1:
            raise ValueError("a state and the actions need a size of at least 1")
        self.rng = np.random.default_rng(seed)
        self.action_size = action_size
        self.online, self.target = (QNetwork(state_size, action_size, self.rng) for _ in range(2))
        self.target.copy_from(self.online)
        self.memory = Memory(10_000, state_size)
        self.epsilon = 1.0

    def act(self, state, explore=True):
        if explore and self.rng.random() < self.epsilon:
            return int(self.rng.integers(self.action_size))
        return int(np.argmax(self.online(state[None, :])[0]))

    def remember(self, state, action, reward, next_state, done):
        if action < 0 or action >= self.action_size:
            raise ValueError(f"there is no action {action}")
        self.memory.add(state, action, reward, next_state, done)

    def replay(self, batch_size):
        if batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        if len(self.memory) < batch_size:
            return 0.0
        rows = self.rng.choice(len(self.memory), size=batch_size, replace=False)
        states, actions, rewards, next_states, dones = self.memory.draw(rows)
        wanted = td_targets(rewards, self.target(next_states), dones, self.gamma)

        q = self.online(states)
        picked = np.eye(self.action_size, dtype=bool)[actions]
        error = q[picked] - wanted
        grad = np.zeros_like(q)
        grad[picked] = np.clip(error, -1, 1) / batch_size  # of the Huber loss
        self.online.learn(grad, self.learning_rate)

        if self.online.t % self.copy_every == 0:
            self.target.copy_from(self.online)
        self.epsilon = max(self.floor, self.decay * self.epsilon)
        small = np.abs(error) <= 1
        return float(np.mean(np.where(small, error**2 / 2, np.abs(error) - 0.5)))
