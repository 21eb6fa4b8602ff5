"""What to look for in a deep Q-learning agent: the targets first, then the agent as a black box.

The environments live here. The agent sees states, chooses actions, is told what came of them, and is judged by what it
chooses afterwards with explore=False. Its network, optimiser and schedules are its own business: the number of replays
was set so that seventeen correct agents (one to two layers of 24 to 128 units; Adam at 5e-4 to 1e-2, SGD, RMSProp;
squared and Huber loss; gamma 0.9 to 0.99; no target network, soft updates, or a copy every 10 to 100 replays) pass
every criterion on each of 20 seeds, and the references on 40 to 200.
"""

from itertools import pairwise

import numpy as np
import pytest

from grader.rubric import (
    assert_close,
    assert_frequencies,
    assert_learns,
    assert_proportion,
    assert_raises,
    criterion,
    inputs_after,
    public,
    supply,
)

CAPACITY = 10_000  # the most transitions that the prompt lets a memory hold
BATCH = 32


def batch_of_targets(rng, size, actions, kind=bool):
    """(rewards, next_q, dones), a third of the rows done."""
    rewards = rng.normal(size=size).astype(np.float32)
    next_q = rng.normal(size=(size, actions)).astype(np.float32)
    return rewards, next_q, (rng.permutation(size) % 3 == 0).astype(kind)


def cells(count):
    """The states of a small world, one-hot."""
    return list(np.eye(count, dtype=np.float32))


def bandit(rng, states, actions):
    """(transitions, best actions) of one-step episodes: 1 for a state's best action, -1 for any other.

    States differ in their best action, so that no constant choice is right.
    """
    best = rng.permutation(np.arange(len(states)) % actions).tolist()
    transitions = [
        (state, action, 1.0 if action == right else -1.0, state, True)
        for state, right in zip(states, best, strict=True)
        for action in range(actions)
    ]
    return transitions, best


def new_agent(candidate, rng, state_size, actions):
    return candidate.DQNAgent(state_size, actions, int(rng.integers(1_000_000)))


def teach(agent, transitions, rounds=20, replays=300, batch_size=BATCH):
    """Let the agent remember the transitions, several times over, then replay; returns the losses."""
    for transition in transitions * rounds:
        agent.remember(*transition)
    return [float(agent.replay(batch_size)) for _ in range(replays)]


def greedy(agent, states):
    return [int(agent.act(state, explore=False)) for state in states]


# Targets


@criterion(points=6, title="TD targets match the reference", zh="TD 目标与参考实现一致")
@pytest.mark.parametrize(("size", "actions"), [pytest.param(2, 2, marks=public), (5, 1), (64, 6)])
def test_targets(candidate, reference, rng, size, actions):
    arguments = batch_of_targets(rng, size, actions)
    for gamma in (0.9, 0.0, 1.0):
        assert_close(candidate.td_targets(*arguments, gamma), reference.td_targets(*arguments, gamma))


@criterion(points=6, title="A terminal transition's target is its reward alone", zh="终止转移的目标只有奖励本身")
@pytest.mark.parametrize("kind", [pytest.param(np.bool_, marks=public), np.int64, np.float32])
def test_terminal_targets(candidate, reference, rng, kind):
    rewards, next_q, dones = batch_of_targets(rng, 12, 3, kind)
    next_q = next_q + 10
    assert_close(candidate.td_targets(rewards, next_q, dones, 0.9), reference.td_targets(rewards, next_q, dones, 0.9))
    assert_close(candidate.td_targets(rewards, next_q, np.ones_like(dones), 0.9), rewards)


@criterion(points=3, title="The best next action is bootstrapped, also below zero", zh="自举取最优的下一动作，负值亦然")
@pytest.mark.parametrize("actions", [2, 5])
def test_best_action(candidate, rng, actions):
    rewards, next_q, _ = batch_of_targets(rng, 8, actions)
    next_q = -np.abs(next_q) - 1
    targets = candidate.td_targets(rewards, next_q, np.zeros(8, dtype=bool), 0.5)
    assert_close(targets, rewards + np.float32(0.5) * next_q.max(axis=1))


@criterion(points=3, title="Rows stand alone, and the arguments stay as they were", zh="各行独立，且不改动输入")
@pytest.mark.parametrize("kind", [np.bool_, np.float32])
def test_rows_and_arguments(candidate, reference, rng, kind):
    arguments = batch_of_targets(rng, 7, 3, kind)
    expected = reference.td_targets(*arguments, 0.9)
    targets, after = inputs_after(candidate.td_targets, *arguments, 0.9)
    assert_close(targets, expected)
    for given, left in zip(arguments, after[:3], strict=True):
        assert np.array_equal(given, left), "td_targets changed an argument in place"
    for row in range(7):
        one = (argument[row : row + 1] for argument in arguments)
        assert_close(candidate.td_targets(*one, 0.9), expected[row : row + 1])


# Behaviour


@criterion(points=7, title="Explores with probability epsilon, evenly over all actions", zh="以概率 epsilon 均匀探索")
@pytest.mark.parametrize("actions", [pytest.param(2, marks=public), 4])
def test_explores(candidate, rng, actions):
    states = cells(4)
    transitions, best = bandit(rng, states, actions)
    agent = new_agent(candidate, rng, 4, actions)
    drawn = [int(agent.act(states[0])) for _ in range(400)]
    assert_frequencies(np.bincount(drawn, minlength=actions), np.full(actions, 1 / actions))

    teach(agent, transitions, replays=50)
    epsilon, (favourite,) = agent.epsilon, greedy(agent, states[:1])
    drawn = [int(agent.act(states[0])) for _ in range(400)]
    assert_proportion(drawn.count(favourite), 400, 1 - epsilon + epsilon / actions)

    teach(agent, transitions, replays=250)
    assert greedy(agent, states) == best, "the greedy actions are not those that pay"


@criterion(points=4, title="explore=False never explores", zh="explore=False 时从不探索")
def test_evaluation_is_greedy(candidate, rng):
    states = cells(3)
    transitions, best = bandit(rng, states, 3)
    agent = new_agent(candidate, rng, 3, 3)
    assert len(set(greedy(agent, states[:1] * 40))) == 1, "a fresh agent varies its action with explore=False"
    teach(agent, transitions)
    assert greedy(agent, states * 60) == best * 60, "explore=False does not always give the action that pays"


@criterion(points=4, title="Epsilon starts at 1 and falls with each replay", zh="epsilon 从 1 开始，每次 replay 后下降")
def test_epsilon_decays(candidate, rng):
    agent = new_agent(candidate, rng, 2, 2)
    seen = [float(agent.epsilon)]
    teach(agent, bandit(rng, cells(2), 2)[0], replays=0)
    for _ in range(10):
        agent.replay(8)
        seen.append(float(agent.epsilon))
    assert_close(seen[0], 1.0)
    assert all(later < earlier for earlier, later in pairwise(seen)), f"epsilon does not fall each time: {seen}"
    assert seen[-1] >= 0.3, f"epsilon is down to {seen[-1]} after ten replays"


@criterion(points=4, title="Epsilon stops at a floor above 0 and at most 0.1", zh="epsilon 停在 0 到 0.1 之间的下限")
def test_epsilon_floor(candidate, rng):
    agent = new_agent(candidate, rng, 2, 2)
    first = float(agent.epsilon)
    transitions, _ = bandit(rng, cells(2), 2)
    teach(agent, transitions, replays=1000, batch_size=1)
    floor = float(agent.epsilon)
    teach(agent, transitions, replays=30, batch_size=1)
    assert 0 < floor <= 0.1 < first, f"epsilon goes from {first} to {floor} in 1000 replays"
    assert_close(float(agent.epsilon), floor)


@criterion(points=5, title="The seed decides everything", zh="种子决定一切")
def test_seed(candidate, rng):
    states = cells(3)
    transitions, _ = bandit(rng, states, 3)
    first, second = rng.choice(1_000_000, size=2, replace=False).tolist()

    def life(seed):
        agent = candidate.DQNAgent(3, 3, seed)
        actions = [int(agent.act(states[0])) for _ in range(40)]
        losses = teach(agent, transitions, replays=30)
        return actions, losses, [int(agent.act(state)) for state in states * 5]

    actions, losses, later = life(first)
    again = life(first)
    assert (actions, later) == (again[0], again[2]), "two agents of the same seed act differently"
    assert_close(np.array(again[1], np.float32), np.array(losses, np.float32), rtol=1e-4)
    assert min(losses) > 0, "replay returns no loss"
    assert life(second)[0] != actions, "agents of different seeds explore alike"


# Learning


@criterion(points=4, title="replay returns a loss, and learning lowers it", zh="replay 返回损失，学习使其下降")
def test_loss_falls(candidate, rng):
    agent = new_agent(candidate, rng, 3, 3)
    losses = np.array(teach(agent, bandit(rng, cells(3), 3)[0]))
    assert np.isfinite(losses).all()
    assert losses[0] > 0.05, f"rewards are 1 or -1 and nothing is learned yet, but the loss is {losses[0]}"
    assert losses[-20:].mean() < losses[0] / 4, f"the loss went from {losses[0]} to {losses[-20:].mean()} only"


@criterion(points=9, title="Only the taken action's value is pulled", zh="只更新所选动作的价值")
def test_taken_action(candidate, rng):
    """The best action is rare. Pull the others towards zero, or towards the same target, and it is lost."""
    states, transitions, best = cells(6), [], []
    for state in states:
        rare, common, poor = rng.permutation(3).tolist()
        best.append(rare)
        transitions += [(state, rare, 1.0, state, True), (state, poor, 0.0, state, True)]
        transitions += [(state, common, 0.4, state, True)] * 6
    agent = new_agent(candidate, rng, 6, 3)
    teach(agent, transitions, rounds=10, replays=400)
    assert greedy(agent, states) == best, "a rarely taken action that pays more lost to one that is often taken"


@criterion(points=9, title="Bootstraps from the next state, and never past the end", zh="从下一状态自举，且不越过终点")
@pytest.mark.parametrize(("worth", "ends"), [(1.0, True), (1.0, False), (0.3, False)])
def test_bootstrap(candidate, rng, worth, ends):
    """From three states one action leads to another, where the best of three actions pays `worth`, and one pays 0.6.

    To lead is the better choice if the episode goes on and the other state is worth 1, and the worse one if it ends or
    the state is worth less. The mean over the actions of one that is worth 1 is less than 0.6.
    """
    *here, there, nowhere = cells(5)
    leads = worth > 0.6 and not ends
    transitions, best = [], []
    for action, reward in enumerate(rng.permutation([worth, 0.0, 0.0]).tolist()):
        transitions += [(there, action, reward, nowhere, True), (nowhere, action, 0.0, nowhere, True)]
    shift = rng.choice([1, 2])
    for state, lead in zip(here, rng.permutation(3).tolist(), strict=True):
        pay, neither = int(lead + shift) % 3, int(lead - shift) % 3
        best.append(lead if leads else pay)
        transitions += [(state, lead, 0.0, there, ends), (state, pay, 0.6, nowhere, True)]
        transitions += [(state, neither, 0.0, nowhere, True)]
    agent = new_agent(candidate, rng, 5, 3)
    teach(agent, transitions, rounds=10, replays=400)
    fault = "was counted past the end of an episode" if ends else "was not counted" if leads else "was overrated"
    assert greedy(agent, here) == best, f"the value of the next state's best action {fault}"


# Memory


@criterion(points=6, title="The memory is bounded and forgets the oldest", zh="记忆有上限，先忘最旧的")
def test_memory_is_bounded(candidate, rng):
    """Two and a half memories of a lesson, then one of its contrary: nothing else may be left."""
    states = cells(3)
    contrary, best = bandit(rng, states, 2)
    lesson = [(state, action, -reward, following, done) for state, action, reward, following, done in contrary]
    agent = new_agent(candidate, rng, 3, 2)
    supply(candidate, "feed.remember_rounds", agent, lesson, 25_000 // len(lesson))
    supply(candidate, "feed.remember_rounds", agent, contrary, 1 + CAPACITY // len(contrary))
    teach(agent, [])
    assert greedy(agent, states) == best, "the agent acts on what it should have forgotten"


@criterion(points=4, title="replay draws from the whole memory", zh="replay 从全部记忆中抽样")
def test_memory_is_sampled(candidate, rng):
    """Six states one after the other, 60 transitions each: the first must be learned like the last."""
    states = cells(6)
    transitions, best = bandit(rng, states, 3)
    agent = new_agent(candidate, rng, 6, 3)
    for start in range(0, len(transitions), 3):
        teach(agent, transitions[start : start + 3], replays=0)
    teach(agent, [])
    assert greedy(agent, states) == best, "what was remembered first or last was not learned"


@criterion(points=2, title="replay copes with fewer transitions than the batch", zh="记忆少于一批时 replay 不出错")
def test_short_memory(candidate, rng):
    states = cells(3)
    transitions, best = bandit(rng, states, 2)
    agent = new_agent(candidate, rng, 3, 2)
    agent.replay(BATCH)
    agent.remember(*transitions[0])
    agent.replay(BATCH)
    teach(agent, transitions, replays=250)
    assert greedy(agent, states) == best, "the agent does not learn once it remembers enough"


# Games

EPISODES, STEPS = 80, 350


def guess(candidate, rng, episodes=EPISODES):
    """Play a threshold game of five guesses, 1 or -1 each; right guesses of 100 after so many."""
    threshold, above = rng.uniform(-0.3, 0.3), int(rng.integers(2))
    numbers = rng.uniform(-1, 1, size=(501, 1)).astype(np.float32)
    right = np.where(numbers[:, 0] > threshold, above, 1 - above).tolist()
    agent = new_agent(candidate, rng, 1, 2)
    for step in range(5 * episodes):
        action = int(agent.act(numbers[step]))
        agent.remember(numbers[step], action, 1.0 if action == right[step] else -1.0, numbers[step + 1], step % 5 == 4)
        if step >= BATCH:
            agent.replay(BATCH)
    asked = slice(401, 501)
    return int(np.equal(greedy(agent, numbers[asked]), right[asked]).sum())


@criterion(points=9, title="Learns a threshold game", zh="学会阈值游戏")
@pytest.mark.parametrize("game", [1, 2])
def test_threshold_game(candidate, rng, game):
    """Is the number above a hidden threshold?

    The bar is 80 of 100 right: a random policy gets there less than once in 10^9 games, a constant one gets about 65.
    """

    def hits(episodes):
        return guess(candidate, rng, episodes)

    message = "{:.0f} of 100 guesses are right; a random policy has 50"
    assert_learns(candidate, hits, EPISODES, message, at_least=80, unit="episodes")


def walk_the_chain(candidate, rng, steps=STEPS):
    """What a walk earns after so many steps of learning.

    Four right steps in a row earn 1 at the end; any other step earns 0.1 at once and ends the walk.
    """
    states, forward = cells(4), rng.permutation([0, 0, 1, 1]).tolist()

    def walk(cell, action):
        """(reward, next cell, done)"""
        if action != forward[cell]:
            return 0.1, cell, True
        return (1.0, cell, True) if cell == 3 else (0.0, cell + 1, False)

    agent, done, following = new_agent(candidate, rng, 4, 2), True, 0
    for step in range(steps):
        cell = int(rng.integers(4)) if done else following  # walks to learn from start anywhere
        action = int(agent.act(states[cell]))
        reward, following, done = walk(cell, action)
        agent.remember(states[cell], action, reward, states[following], done)
        if step >= BATCH:
            agent.replay(BATCH)
    teach(agent, [])  # for target networks that are copied only now and then
    cell, done, earned = 0, False, 0.0
    while not done:
        reward, cell, done = walk(cell, *greedy(agent, states[cell : cell + 1]))
        earned += reward
    return earned


@criterion(points=11, title="Learns a chain whose reward comes late", zh="学会奖励迟来的链")
@pytest.mark.parametrize("game", [1, 2])
def test_chain(candidate, rng, game):
    def earned(steps):
        return walk_the_chain(candidate, rng, steps)

    message = "the walk earns {:g}; a random policy earns 0.16 on average, the best 1"
    assert_learns(candidate, earned, STEPS, message, at_least=1, unit="steps")


# Arguments


@criterion(points=4, title="Bad arguments raise ValueError", zh="错误参数抛出 ValueError")
def test_bad_arguments(candidate, reference, rng):
    rewards, next_q, dones = batch_of_targets(rng, 6, 3)
    assert_close(candidate.td_targets(rewards, next_q, dones, 1.0), reference.td_targets(rewards, next_q, dones, 1.0))
    for bad in (
        (rewards, next_q, dones, -0.1),
        (rewards, next_q, dones, 1.1),
        (rewards[:4], next_q, dones, 0.9),
        (rewards, next_q, dones[:4], 0.9),
        (rewards, next_q[:1], dones, 0.9),
        (rewards[:1], next_q, dones, 0.9),
        (rewards, next_q, dones[:1], 0.9),
    ):
        assert_raises("ValueError", candidate.td_targets, *bad)
    assert_raises("ValueError", candidate.DQNAgent, 0, 2, 0)
    assert_raises("ValueError", candidate.DQNAgent, 3, 0, 0)
    assert candidate.DQNAgent(1, 1, 0).act(np.ones(1, np.float32)) == 0, "the only action is not chosen"
    agent, (state, *_) = candidate.DQNAgent(3, 2, 0), cells(3)
    agent.remember(state, 1, 1.0, state, True)
    for action in (-1, 2):
        assert_raises("ValueError", agent.remember, state, action, 1.0, state, True)
    assert_raises("ValueError", agent.replay, 0)
