# /// wrong
# framework = "tensorflow"
# loses = ["test_rows_and_arguments"]
# diagnosis = "a batch of one loses its axis"
# diagnosis_zh = "只有一行的批次丢了一个轴"
# ///

import random
from collections import deque

import tensorflow as tf
from tensorflow import keras


def td_targets(rewards, next_q, dones, gamma):
    if not 0 <= gamma <= 1 or len(rewards) != len(next_q) or len(rewards) != len(dones):
        raise ValueError("bad shapes or gamma")
    not_done = 1.0 - tf.cast(dones, tf.float32)
    return tf.squeeze(rewards + gamma * not_done * tf.reduce_max(next_q, axis=1))


class DQNAgent:
    def __init__(self, state_size, action_size, seed):
        if state_size < 1 or action_size < 1:
            raise ValueError("sizes must be positive")
        self.action_size = action_size
        self.gamma = 0.95
        self.epsilon = 1.0
        self.epsilon_min = 0.02
        self.epsilon_decay = 0.99
        self.memory = deque(maxlen=2000)
        self.rng = random.Random(seed)
        tf.random.set_seed(seed)
        self.model = keras.Sequential(
            [
                keras.layers.Input((state_size,)),
                keras.layers.Dense(48, activation="relu", kernel_initializer=keras.initializers.HeNormal(seed)),
                keras.layers.Dense(action_size, kernel_initializer=keras.initializers.GlorotUniform(seed + 1)),
            ]
        )
        self.optimizer = keras.optimizers.Adam(0.004)

    def remember(self, state, action, reward, next_state, done):
        if action not in range(self.action_size):
            raise ValueError("no such action")
        self.memory.append((state, action, reward, next_state, done))

    def act(self, state, explore=True):
        if explore and self.rng.random() < self.epsilon:
            return self.rng.randrange(self.action_size)
        return int(tf.argmax(self.model(state[None])[0]))

    def replay(self, batch_size):
        if batch_size < 1:
            raise ValueError("batch_size must be positive")
        if len(self.memory) < batch_size:
            return 0.0
        states, actions, rewards, next_states, dones = zip(*self.rng.sample(self.memory, batch_size))
        loss = self.train_step(
            tf.stack(states), tf.constant(actions), tf.constant(rewards), tf.stack(next_states), tf.constant(dones)
        )
        self.epsilon = max(self.epsilon_min, self.epsilon * self.epsilon_decay)
        return float(loss)

    @tf.function
    def train_step(self, states, actions, rewards, next_states, dones):
        targets = td_targets(rewards, self.model(next_states), dones, self.gamma)
        with tf.GradientTape() as tape:
            q = tf.reduce_sum(self.model(states) * tf.one_hot(actions, self.action_size), axis=1)
            loss = tf.reduce_mean(tf.square(tf.stop_gradient(targets) - q))
        grads = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        return loss
