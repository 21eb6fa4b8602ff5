from collections import deque

import numpy as np
import tensorflow as tf

GAMMA = 0.95
FLOOR = 0.05
COPY_EVERY = 10


def td_targets(rewards, next_q, dones, gamma):
    if not 0 <= gamma <= 1:
        raise ValueError("gamma out of range")
    if len(next_q.shape) != 2 or not (rewards.shape == dones.shape == next_q.shape[:1]):
        raise ValueError("shapes do not match")
    future = tf.reduce_max(next_q, axis=-1)
    return tf.where(tf.cast(dones, tf.bool), rewards, rewards + gamma * future)


class DQNAgent(tf.Module):
    def __init__(self, state_size, action_size, seed):
        super().__init__()
        if state_size < 1 or action_size < 1:
            raise ValueError("sizes start at 1")
        self.action_size = action_size
        self.rng = np.random.default_rng(seed)
        self.online = self._variables(state_size, action_size)
        self.frozen = [tf.Variable(v, trainable=False) for v in self.online]
        self.optimizer = tf.keras.optimizers.Adam(5e-3)
        self.optimizer.build(self.online)
        self.epsilon = 1.0
        self.steps = 0
        self.memory = deque(maxlen=8000)

    def _variables(self, inputs, outputs, hidden=64):
        def glorot(a, b):
            limit = np.sqrt(6 / (a + b))
            return tf.Variable(self.rng.uniform(-limit, limit, (a, b)).astype(np.float32))

        return [glorot(inputs, hidden), tf.Variable(tf.zeros(hidden)), glorot(hidden, outputs), tf.Variable(tf.zeros(outputs))]

    @staticmethod
    def _q(weights, states):
        w1, b1, w2, b2 = weights
        return tf.nn.relu(states @ w1 + b1) @ w2 + b2

    def act(self, state, explore=True):
        if explore and self.rng.random() < self.epsilon:
            return int(self.rng.integers(self.action_size))
        return int(np.argmax(self._q(self.online, tf.expand_dims(state, 0))[0]))

    def remember(self, state, action, reward, next_state, done):
        if not 0 <= action < self.action_size:
            raise ValueError("no such action")
        self.memory.append((state, action, reward, next_state, done))

    def replay(self, batch_size):
        if batch_size < 1:
            raise ValueError("batch_size out of range")
        if len(self.memory) < batch_size:
            return 0.0
        rows = self.rng.integers(len(self.memory), size=batch_size)
        states, actions, rewards, next_states, dones = zip(*(self.memory[i] for i in rows))
        loss = self._learn(
            tf.stack(states),
            tf.constant(actions, tf.int32),
            tf.constant(rewards, tf.float32),
            tf.stack(next_states),
            tf.constant(dones, tf.bool),
        )
        self.steps += 1
        if self.steps % COPY_EVERY == 0:
            for old, new in zip(self.frozen, self.online):
                old.assign(new)
        self.epsilon = max(FLOOR, self.epsilon * 0.99)
        return float(loss)

    @tf.function(reduce_retracing=True)
    def _learn(self, states, actions, rewards, next_states, dones):
        wanted = td_targets(rewards, self._q(self.frozen, next_states), dones, GAMMA)
        with tf.GradientTape() as tape:
            q = tf.reduce_sum(self._q(self.online, states) * tf.one_hot(actions, self.action_size), axis=1)
            loss = tf.reduce_mean(tf.square(wanted - q))
        self.optimizer.apply(tape.gradient(loss, self.online), self.online)
        return loss
