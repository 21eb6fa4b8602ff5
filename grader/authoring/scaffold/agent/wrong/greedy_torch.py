# /// wrong
# framework = "torch"
# loses = ["test_draws", "test_seed"]
# also = ["test_learns"]
# diagnosis = "the most likely arm is taken in place of a draw"
# diagnosis_zh = "总取概率最大的臂，没有抽取"
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
        return int(self.policy().argmax())

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
