# /// wrong
# framework = "torch"
# loses = ["test_seed"]
# diagnosis = "the seed is ignored"
# diagnosis_zh = "忽略种子"
# ///

import torch


class GradientBandit:
    def __init__(self, arms, step_size, seed):
        if arms < 1 or step_size <= 0:
            raise ValueError("bad arms or step_size")
        self.arms, self.step_size = arms, step_size
        self.preferences = torch.zeros(arms)
        self.rewards = []

    def policy(self):
        return torch.softmax(self.preferences, 0)

    def act(self):
        return torch.multinomial(self.policy(), 1).item()

    def learn(self, arm, reward):
        if arm < 0 or arm >= self.arms:
            raise ValueError("no such arm")
        self.rewards.append(reward)
        advantage = reward - sum(self.rewards) / len(self.rewards)
        change = -self.policy()
        change[arm] += 1
        self.preferences += self.step_size * advantage * change


def play(agent, pull, rounds):
    if rounds < 0:
        raise ValueError("bad rounds")
    total = 0
    for _ in range(rounds):
        arm = agent.act()
        reward = pull(arm)
        agent.learn(arm, reward)
        total += reward
    return total
