# /// right
# framework = "torch"
# style = "double DQN with two nn.Module networks moved softly, Huber loss, a ring buffer of tensors, epsilon that falls in a line"
# ///

import numpy as np
import torch
from torch import nn


def td_targets(rewards, next_q, dones, gamma):
    if len({len(rewards), len(next_q), len(dones)}) > 1:
        raise ValueError("lengths differ")
    if gamma < 0 or gamma > 1:
        raise ValueError("gamma")
    best, _ = torch.max(next_q, dim=-1)
    return torch.where(dones != 0, rewards, rewards + gamma * best).double()


class QNetwork(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.hidden = nn.Linear(inputs, 128)
        self.value = nn.Linear(128, outputs)

    def forward(self, x):
        return self.value(torch.tanh(self.hidden(x)))


class DQNAgent:
    CAPACITY = 5_000

    def __init__(self, state_size, action_size, seed):
        if min(state_size, action_size) <= 0:
            raise ValueError("sizes must be positive")
        self.rng = np.random.default_rng(seed)
        torch.manual_seed(seed)
        self.actions = action_size
        self.online, self.target = QNetwork(state_size, action_size), QNetwork(state_size, action_size)
        self.target.load_state_dict(self.online.state_dict())
        self.optimizer = torch.optim.AdamW(self.online.parameters(), lr=3e-3, weight_decay=0.0)
        self.states = torch.zeros(2, self.CAPACITY, state_size)
        self.rest = torch.zeros(3, self.CAPACITY)
        self.count = self.replays = 0

    @property
    def epsilon(self):
        return max(0.1, 1.0 - self.replays / 400)

    def act(self, state, explore=True):
        if explore and self.rng.uniform() < self.epsilon:
            return int(self.rng.integers(self.actions))
        with torch.inference_mode():
            return self.online(state.unsqueeze(0)).argmax(dim=1).item()

    def remember(self, state, action, reward, next_state, done):
        if action not in range(self.actions):
            raise ValueError("no such action")
        slot = self.count % self.CAPACITY
        self.states[0, slot], self.states[1, slot] = state, next_state
        self.rest[:, slot] = torch.tensor([float(action), float(reward), float(done)])
        self.count += 1

    def replay(self, batch_size):
        if batch_size < 1:
            raise ValueError("batch_size")
        held = min(self.count, self.CAPACITY)
        if held < batch_size:
            return 0.0
        rows = torch.from_numpy(self.rng.choice(held, batch_size, replace=False))
        states, next_states = self.states[:, rows]
        actions, rewards, dones = self.rest[:, rows]
        with torch.no_grad():
            chosen = self.online(next_states).argmax(dim=1, keepdim=True)
            best = self.target(next_states).gather(1, chosen)
            targets = td_targets(rewards, best, dones, 0.95).float()
        taken = self.online(states)[torch.arange(batch_size), actions.long()]
        loss = nn.functional.smooth_l1_loss(taken, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.online.parameters(), 10.0)
        self.optimizer.step()
        with torch.no_grad():
            for old, new in zip(self.target.parameters(), self.online.parameters(), strict=True):
                old.lerp_(new, 0.1)
        self.replays += 1
        return loss.detach()
