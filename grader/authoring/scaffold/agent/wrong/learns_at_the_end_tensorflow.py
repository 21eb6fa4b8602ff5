# /// wrong
# framework = "tensorflow"
# loses = ["test_learns"]
# diagnosis = "play learns once all rounds are over"
# diagnosis_zh = "play 在全部轮次结束后才学习"
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
    arms = [agent.act() for _ in range(rounds)]
    rewards = [pull(arm) for arm in arms]
    for arm, reward in zip(arms, rewards, strict=True):
        agent.learn(arm, reward)
    return float(sum(rewards))
