# /// right
# framework = "tensorflow"
# style = "a functional keras model trained by train_on_batch on a whole table of targets, numpy as memory"
# ///

import keras
import numpy as np
import tensorflow as tf


def td_targets(rewards, next_q, dones, gamma):
    rewards, next_q, dones = (np.asarray(x) for x in (rewards, next_q, dones))
    if not rewards.shape[0] == next_q.shape[0] == dones.shape[0]:
        raise ValueError("rows")
    if not 0 <= gamma <= 1:
        raise ValueError("gamma")
    return rewards + gamma * next_q.max(axis=1) * (1.0 - dones.astype(np.float32))


class DQNAgent:
    def __init__(self, state_size, action_size, seed):
        if state_size < 1 or action_size < 1:
            raise ValueError("sizes")
        keras.utils.set_random_seed(seed)
        self.rng = np.random.RandomState(seed)
        state = keras.Input((state_size,))
        hidden = keras.layers.Dense(64, activation="relu")(state)
        self.model = keras.Model(state, keras.layers.Dense(action_size)(hidden))
        self.model.compile(keras.optimizers.Adam(5e-3), "mse")
        self.predict = tf.function(lambda x: self.model(x, training=False), reduce_retracing=True)
        self.action_size, self.epsilon, self.memory, self.forgotten = action_size, 1.0, [], 0

    def act(self, state, explore=True):
        if explore and self.rng.rand() < self.epsilon:
            return self.rng.randint(self.action_size)
        return int(np.argmax(self.predict(tf.reshape(state, (1, -1)))))

    def remember(self, state, action, reward, next_state, done):
        if not 0 <= action < self.action_size:
            raise ValueError("action")
        self.memory.append((np.asarray(state), action, reward, np.asarray(next_state), done))
        self.memory = self.memory[-4000:]

    def replay(self, batch_size):
        if batch_size < 1:
            raise ValueError("batch_size")
        if len(self.memory) < batch_size:
            return 0.0
        rows = self.rng.choice(len(self.memory), batch_size, replace=False)
        states, actions, rewards, next_states, dones = (np.array(c) for c in zip(*(self.memory[i] for i in rows)))
        table = self.predict(tf.constant(states)).numpy()
        next_q = self.predict(tf.constant(next_states)).numpy()
        targets = td_targets(rewards.astype(np.float32), next_q, dones, 0.95)
        taken = table[np.arange(batch_size), actions]
        loss = np.mean((targets - taken) ** 2)
        table[np.arange(batch_size), actions] = targets
        self.model.train_on_batch(states, table)
        self.epsilon = max(0.02, self.epsilon - 0.002)
        return float(loss)
