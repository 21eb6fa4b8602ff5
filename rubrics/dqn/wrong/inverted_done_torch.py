# /// wrong
# framework = "torch"
# loses = ["test_targets", "test_terminal_targets", "test_rows_and_arguments", "test_best_action", "test_bad_arguments", "test_bootstrap", "test_chain"]
# also = ["test_loss_falls", "test_threshold_game"]
# diagnosis = "the done mask is inverted: only terminal transitions bootstrap"
# diagnosis_zh = "done 掩码反了：只有终止转移才自举"
# ///

import random
from collections import deque

import torch
import torch.nn as nn
import torch.nn.functional as F


def td_targets(rewards, next_q, dones, gamma):
    if not 0 <= gamma <= 1 or len(rewards) != len(next_q) or len(rewards) != len(dones):
        raise ValueError("bad shapes or gamma")
    return rewards + gamma * next_q.max(dim=1).values * dones.float()


class QNetwork(nn.Module):
    def __init__(self, state_size, action_size):
        super().__init__()
        self.fc1 = nn.Linear(state_size, 64)
        self.fc2 = nn.Linear(64, 64)
        self.out = nn.Linear(64, action_size)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.out(x)


class DQNAgent:
    def __init__(self, state_size, action_size, seed):
        if state_size <= 0 or action_size <= 0:
            raise ValueError("sizes must be positive")
        random.seed(seed)
        torch.manual_seed(seed)
        self.action_size = action_size
        self.memory = deque(maxlen=10000)
        self.gamma = 0.99
        self.epsilon = 1.0
        self.epsilon_min = 0.05
        self.epsilon_decay = 0.99
        self.policy_net = QNetwork(state_size, action_size)
        self.target_net = QNetwork(state_size, action_size)
        self.target_net.load_state_dict(self.policy_net.state_dict())
        self.optimizer = torch.optim.Adam(self.policy_net.parameters(), lr=2e-3)
        self.updates = 0

    def act(self, state, explore=True):
        if explore and random.random() < self.epsilon:
            return random.randrange(self.action_size)
        with torch.no_grad():
            return int(torch.argmax(self.policy_net(state)))

    def remember(self, state, action, reward, next_state, done):
        if action < 0 or action >= self.action_size:
            raise ValueError("no such action")
        self.memory.append((state, action, reward, next_state, done))

    def replay(self, batch_size):
        if batch_size <= 0:
            raise ValueError("batch_size must be positive")
        if len(self.memory) < batch_size:
            return 0.0
        batch = random.sample(self.memory, batch_size)
        states, actions, rewards, next_states, dones = zip(*batch)
        states = torch.stack(states)
        next_states = torch.stack(next_states)
        actions = torch.tensor(actions)
        rewards = torch.tensor(rewards)
        dones = torch.tensor(dones)

        q = self.policy_net(states).gather(1, actions.unsqueeze(1)).squeeze(1)
        with torch.no_grad():
            targets = td_targets(rewards, self.target_net(next_states), dones, self.gamma)
        loss = F.smooth_l1_loss(q, targets)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

        self.updates += 1
        if self.updates % 20 == 0:
            self.target_net.load_state_dict(self.policy_net.state_dict())
        self.epsilon = max(self.epsilon_min, self.epsilon * self.epsilon_decay)
        return loss.item()
