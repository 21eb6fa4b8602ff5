# /// wrong
# framework = "tensorflow"
# loses = ["test_play", "test_bad_arguments"]
# diagnosis = "one round less than asked for is played"
# diagnosis_zh = "少进行一轮"
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
        change = tf.one_hot(arm, self.arms) - self.policy()
        self.preferences.assign_add(self.step_size * advantage * change)


def play(agent, pull, rounds):
    if rounds < 0:
        raise ValueError("bad rounds")
    total = 0
    for _ in range(1, rounds):
        arm = agent.act()
        reward = pull(arm)
        agent.learn(arm, reward)
        total += reward
    return total
