# /// wrong
# framework = "numpy"
# loses = ["test_bad_arguments"]
# diagnosis = "arguments are not checked"
# diagnosis_zh = "不检查参数"
# ///

import numpy as np


class GradientBandit:
    def __init__(self, arms, step_size, seed):
        self.arms, self.step_size = arms, step_size
        self.preferences = np.zeros(arms)
        self.rng = np.random.default_rng(seed)
        self.rewards = []

    def policy(self):
        e = np.exp(self.preferences - self.preferences.max())
        return e / e.sum()

    def act(self):
        return int(self.rng.choice(self.arms, p=self.policy()))

    def learn(self, arm, reward):
        self.rewards.append(reward)
        advantage = reward - sum(self.rewards) / len(self.rewards)
        change = -self.policy()
        change[arm] += 1
        self.preferences += self.step_size * advantage * change


def play(agent, pull, rounds):
    total = 0
    for _ in range(rounds):
        arm = agent.act()
        reward = pull(arm)
        agent.learn(arm, reward)
        total += reward
    return total
