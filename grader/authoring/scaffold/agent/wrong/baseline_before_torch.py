# /// wrong
# framework = "torch"
# loses = ["test_policy", "test_shift", "test_play"]
# also = ["test_draws"]
# diagnosis = "the mean does not include the reward that is learned from"
# diagnosis_zh = "平均值不含本次奖励"
# ///

import torch


class GradientBandit:
    def __init__(self, arms, step_size, seed):
        if arms < 1 or step_size <= 0:
            raise ValueError("bad arms or step_size")
        self.arms, self.step_size = arms, step_size
        self.preferences = torch.zeros(arms)
        self.generator = torch.Generator().manual_seed(seed)
        self.rewards = []

    def policy(self):
        return torch.softmax(self.preferences, 0)

    def act(self):
        return torch.multinomial(self.policy(), 1, generator=self.generator).item()

    def learn(self, arm, reward):
        if arm < 0 or arm >= self.arms:
            raise ValueError("no such arm")
        advantage = reward - sum(self.rewards) / max(len(self.rewards), 1)
        self.rewards.append(reward)
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
