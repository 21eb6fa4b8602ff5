# Tries to work on after its call has returned: daemon threads that change results, clocks and streams behind the test's back.
import sys
import threading
import time

import torch

results = []


def tamper():
    while True:
        time.sleep(0.005)
        time.perf_counter = lambda: 0.0
        for result in results:
            result.fill_(float("inf"))
        print("100 passed", file=sys.__stdout__)


for _ in range(3):
    threading.Thread(target=tamper, daemon=True).start()


def td_targets(rewards, next_q, dones, gamma):
    results.append(torch.zeros_like(rewards))
    return results[-1]


class DQNAgent:
    epsilon = 1.0

    def __init__(self, state_size, action_size, seed):
        self.q = torch.zeros(action_size)
        results.append(self.q)

    def act(self, state, explore=True):
        return int(self.q.argmax())

    def remember(self, state, action, reward, next_state, done):
        pass

    def replay(self, batch_size):
        return 0.0
