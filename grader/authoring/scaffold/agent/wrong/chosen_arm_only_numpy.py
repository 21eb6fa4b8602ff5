# /// wrong
# framework = "numpy"
# loses = ["test_policy", "test_play"]
# also = ["test_draws"]
# diagnosis = "only the chosen arm's preference moves"
# diagnosis_zh = "只更新所选臂的偏好"
# ///

import numpy as np


class GradientBandit:
    def __init__(self, arms, step_size, seed):
        if arms < 1 or step_size <= 0:
            raise ValueError("bad arms or step_size")
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
        if arm < 0 or arm >= self.arms:
            raise ValueError("no such arm")
        self.rewards.append(reward)
        advantage = reward - sum(self.rewards) / len(self.rewards)
        self.preferences[arm] += self.step_size * advantage * (1 - self.policy()[arm])


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
