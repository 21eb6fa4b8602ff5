# /// wrong
# framework = "tensorflow"
# loses = ["test_policy"]
# also = ["test_play", "test_draws"]
# diagnosis = "the other arms' preferences move by the policy after the chosen arm's update"
# diagnosis_zh = "其余臂按所选臂更新之后的策略更新"
# ///

import numpy as np
import tensorflow as tf


class GradientBandit:
    def __init__(self, arms, step_size, seed):
        if arms < 1 or step_size <= 0:
            raise ValueError("bad arms or step_size")
        self.arms, self.step_size = arms, step_size
        self.preferences = tf.Variable(tf.zeros(arms))
        self.rng = np.random.default_rng(seed)
        self.rewards = []

    def policy(self):
        return tf.nn.softmax(self.preferences)

    def act(self):
        return int(np.searchsorted(np.cumsum(self.policy())[:-1], self.rng.random()))

    def learn(self, arm, reward):
        if arm < 0 or arm >= self.arms:
            raise ValueError("no such arm")
        self.rewards.append(reward)
        advantage = reward - sum(self.rewards) / len(self.rewards)
        chosen = tf.one_hot(arm, self.arms)
        self.preferences.assign_add(self.step_size * advantage * chosen * (1 - self.policy()))
        self.preferences.assign_sub(self.step_size * advantage * (1 - chosen) * self.policy())


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
