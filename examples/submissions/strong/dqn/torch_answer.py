import random
from collections import deque, namedtuple

import torch
from torch import nn
from torch.nn import functional as F

Transition = namedtuple("Transition", "state action reward next_state done")


def td_targets(rewards, next_q, dones, gamma):
    if gamma < 0 or gamma > 1:
        raise ValueError("gamma must be in [0, 1]")
    if next_q.dim() != 2 or rewards.shape != next_q.shape[:1] or dones.shape != rewards.shape:
        raise ValueError("the batches differ in size")
    best_next = next_q.amax(dim=1).masked_fill(dones.bool(), 0.0)
    return rewards + gamma * best_next


class DQNAgent:
    def __init__(self, state_size, action_size, seed):
        if min(state_size, action_size) < 1:
            raise ValueError("sizes must be positive")
        self.action_size = action_size
        self.random = random.Random(seed)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.policy = self._network(state_size, action_size)
            self.target = self._network(state_size, action_size)
        self.target.load_state_dict(self.policy.state_dict())
        self.optimizer = torch.optim.AdamW(self.policy.parameters(), lr=2e-3, weight_decay=0.0)
        self.memory = deque(maxlen=5000)
        self.epsilon = 1.0

    @staticmethod
    def _network(state_size, action_size):
        return nn.Sequential(nn.Linear(state_size, 64), nn.ReLU(), nn.Linear(64, action_size))

    @torch.no_grad()
    def act(self, state, explore=True):
        if explore and self.random.random() < self.epsilon:
            return self.random.randrange(self.action_size)
        return self.policy(state).argmax().item()

    def remember(self, state, action, reward, next_state, done):
        if action not in range(self.action_size):
            raise ValueError(f"action {action} is unknown")
        self.memory.append(Transition(state, action, float(reward), next_state, bool(done)))

    def replay(self, batch_size):
        if batch_size <= 0:
            raise ValueError("batch_size must be positive")
        if batch_size > len(self.memory):
            return 0.0
        batch = Transition(*zip(*self.random.sample(self.memory, batch_size)))
        rewards, dones = torch.tensor(batch.reward), torch.tensor(batch.done)
        with torch.no_grad():
            wanted = td_targets(rewards, self.target(torch.stack(batch.next_state)), dones, gamma=0.95)
        q = self.policy(torch.stack(batch.state)).gather(1, torch.tensor(batch.action)[:, None])[:, 0]
        loss = F.mse_loss(q, wanted)

        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        # the target network follows slowly
        with torch.no_grad():
            for slow, fast in zip(self.target.parameters(), self.policy.parameters()):
                slow.lerp_(fast, 0.1)
        self.epsilon = max(0.05, self.epsilon * 0.985)
        return loss.item()
