"""Deep Q-learning with experience replay and a target network: Mnih et al., "Human-level control through deep
reinforcement learning", Nature 518 (2015), algorithm 1."""

import random
from collections import deque

import keras
import tensorflow as tf
from keras import layers

GAMMA = 0.95
CAPACITY = 10_000
EPSILON_MIN, EPSILON_DECAY = 0.05, 0.99
HIDDEN, LEARNING_RATE, SYNC_EVERY = 64, 0.005, 10


def td_targets(rewards, next_q, dones, gamma):
    """y_i = r_i + gamma * max_a Q(s'_i, a), and y_i = r_i where the episode ended.

    rewards [B], next_q [B, A], dones [B] bool or 0/1 -> [B].
    """
    if not rewards.shape == dones.shape == next_q.shape[:1]:
        raise ValueError("expected rewards [B], next_q [B, A] and dones [B]")
    if not 0 <= gamma <= 1:
        raise ValueError("gamma must lie in [0, 1]")
    best = tf.reduce_max(next_q, axis=1)
    return rewards + gamma * tf.where(tf.cast(dones, tf.bool), tf.zeros_like(best), best)


class DQNAgent:
    """Epsilon-greedy on a network with one hidden layer, Q(s, .)."""

    def __init__(self, state_size, action_size, seed):
        if state_size < 1 or action_size < 1:
            raise ValueError("state_size and action_size must be at least 1")
        self.action_size = action_size
        self.epsilon = 1.0
        self.random = random.Random(seed)
        self.memory = deque(maxlen=CAPACITY)
        keras.utils.set_random_seed(seed)
        self.q = _network(state_size, action_size)
        self.target_q = _network(state_size, action_size)
        self.target_q.set_weights(self.q.get_weights())
        self.optimizer = keras.optimizers.Adam(LEARNING_RATE)
        self.optimizer.build(self.q.trainable_variables)
        self.step = 0

    def act(self, state, explore=True):
        """State [S] -> a uniformly drawn action with probability epsilon, else argmax_a Q(state, a)."""
        if explore and self.random.random() < self.epsilon:
            return self.random.randrange(self.action_size)
        return int(self._greedy(state))

    def remember(self, state, action, reward, next_state, done):
        if not 0 <= action < self.action_size:
            raise ValueError(f"action must lie in 0 .. {self.action_size - 1}")
        self.memory.append((state, action, reward, next_state, done))

    def replay(self, batch_size):
        """One step of descent on mean_i (y_i - Q(s_i, a_i))^2 over a uniform minibatch; returns that loss."""
        if batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        if len(self.memory) < batch_size:
            return 0.0
        states, actions, rewards, next_states, dones = zip(*self.random.sample(self.memory, batch_size), strict=True)
        loss = self._learn(
            tf.stack(states), tf.constant(actions), tf.constant(rewards), tf.stack(next_states), tf.constant(dones)
        )
        self.step += 1
        if self.step % SYNC_EVERY == 0:
            self.target_q.set_weights(self.q.get_weights())
        self.epsilon = max(EPSILON_MIN, self.epsilon * EPSILON_DECAY)
        return float(loss)

    @tf.function
    def _greedy(self, state):
        return tf.argmax(self.q(state[None])[0])

    @tf.function
    def _learn(self, states, actions, rewards, next_states, dones):
        targets = td_targets(rewards, self.target_q(next_states), dones, GAMMA)
        with tf.GradientTape() as tape:
            taken = tf.gather(self.q(states), actions, axis=1, batch_dims=1)  # [B]
            loss = tf.reduce_mean((targets - taken) ** 2)
        weights = self.q.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss


def _network(state_size, action_size):
    return keras.Sequential(
        [layers.Input((state_size,)), layers.Dense(HIDDEN, activation="relu"), layers.Dense(action_size)]
    )
