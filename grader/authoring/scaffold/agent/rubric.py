"""What to look for in a gradient bandit.

The agent lives behind the wall; the machine that pays it lives here, so that the agent cannot look inside. It is driven
in two ways: by calls of its methods, and by handing the answer a function that it calls.
"""

import numpy as np
import pytest

from grader.rubric import assert_close, assert_frequencies, assert_raises, criterion, public


def new_agent(candidate, rng, arms, step_size=0.3):
    return candidate.GradientBandit(arms, step_size, int(rng.integers(1_000_000)))


def lessons(rng, arms, count):
    """(arm, reward) pairs. Plain ints and floats: numpy's would arrive as arrays of the answer's framework."""
    return list(zip(rng.integers(arms, size=count).tolist(), rng.normal(size=count).tolist(), strict=True))


def policy_after(agent, course):
    """A handle's methods are called like any other; what they return is plain data."""
    for arm, reward in course:
        agent.learn(arm, reward)
    return agent.policy()


def acted(agent, arms, count):
    """How often each arm is chosen. What an answer gave is looked at before it is used: this is your side."""
    chosen = [agent.act() for _ in range(count)]
    assert all(int(arm) in range(arms) for arm in chosen), "act chose an arm that is not there"
    return np.bincount([int(arm) for arm in chosen], minlength=arms)


@criterion(points=10, title="A fresh agent's policy is even", zh="新智能体的策略是均匀的")
@pytest.mark.parametrize("arms", [1, 2, 7])
def test_starts_even(candidate, rng, arms):
    assert_close(new_agent(candidate, rng, arms).policy(), np.full(arms, 1 / arms, np.float32))


# The candidate's agent and the reference's go through the same course. Each case has new ones: handles live for a case.
# The case that is marked public may be tried by candidates, and is shown to them in full.
@criterion(
    points=20, title="The policy after any course of rewards is the reference's", zh="任意奖励之后的策略与参考一致"
)
@pytest.mark.parametrize(("arms", "step_size"), [pytest.param(2, 0.5, marks=public), (4, 0.1), (10, 1.5)])
def test_policy(candidate, reference, rng, arms, step_size):
    agent, expected = (answer.GradientBandit(arms, step_size, 0) for answer in (candidate, reference))
    for course in (lessons(rng, arms, 2), lessons(rng, arms, 40)):
        assert_close(policy_after(agent, course), policy_after(expected, course), rtol=1e-3, atol=1e-5)


# Where a value is known in closed form, say it here: the reference is then held to it too.
@criterion(points=5, title="Large preferences are no trouble", zh="偏好很大时仍然正确")
def test_large_preferences(candidate, rng):
    policy = policy_after(new_agent(candidate, rng, 2, step_size=4000.0), [(0, 0.0), (1, 1.0)])
    assert_close(policy, np.array([0, 1], np.float32))  # the softmax of -1000 and 1000


# Property (metamorphic): the baseline takes out what all rewards share. Agents that learn nothing would agree as well,
# so one arm pays more, and must gain by it.
@criterion(points=15, title="A constant added to all rewards changes nothing", zh="所有奖励加上常数，策略不变")
@pytest.mark.parametrize("shift", [-5.0, 20.0])
def test_shift(candidate, rng, shift):
    course = [(arm, 4.0 * (arm == 0) + rng.normal()) for arm in rng.permutation([0, 1, 2] * 10).tolist()]
    plain = policy_after(new_agent(candidate, rng, 3, 0.1), course)
    shifted = policy_after(new_agent(candidate, rng, 3, 0.1), [(arm, reward + shift) for arm, reward in course])
    assert_close(shifted, plain, rtol=1e-2, atol=1e-3)
    assert plain[0] > 0.5, "the arm that pays most is not preferred"


# Statistical: exact bounds. The frequencies are held to the policy that the course leads to, not to the agent's word.
@criterion(points=15, title="Arms are drawn from the policy", zh="按策略抽取臂")
@pytest.mark.parametrize("step_size", [0.4, 0.8])
def test_draws(candidate, reference, rng, step_size):
    agent, expected = (answer.GradientBandit(3, step_size, 1) for answer in (candidate, reference))
    course = lessons(rng, 3, 15)
    policy_after(agent, course)
    probabilities = policy_after(expected, course).astype(np.float64)
    assert_frequencies(acted(agent, 3, 500), probabilities / probabilities.sum())


# A callback environment: the answer gets a stand-in for `pull`, whose calls run here. It can be counted, and not read.
@criterion(
    points=15, title="play makes as many rounds as asked for, and learns in each", zh="play 进行所要求的轮数并逐轮学习"
)
@pytest.mark.parametrize("rounds", [1, 25])
def test_play(candidate, reference, rng, rounds):
    pulled, rewards = [], rng.normal(size=rounds).tolist()

    def pull(arm):
        assert int(arm) in range(3), "there is no such arm"
        pulled.append(int(arm))
        return rewards[(len(pulled) - 1) % rounds]  # one that pulls too often is answered, and counted

    agent = new_agent(candidate, rng, 3)
    total = candidate.play(agent, pull, rounds)
    assert len(pulled) == rounds, f"{len(pulled)} arms were pulled in {rounds} rounds"
    assert_close(float(total), sum(rewards), rtol=1e-4, atol=1e-5)
    expected = policy_after(new_agent(reference, rng, 3), zip(pulled, rewards, strict=True))
    assert_close(agent.policy(), expected, rtol=1e-3, atol=1e-5)


# What it is all for. The bar lies far below what right answers reach (96 rounds, in the worst of 1 500 games) and far
# above chance (20): measure both.
@criterion(points=10, title="Finds the best of five arms", zh="找到五个臂中最好的一个")
def test_learns(candidate, rng):
    pays, noise, pulled = rng.permutation([0.0, 0.0, 0.2, 0.4, 2.0]), rng.normal(0, 0.5, 250), []

    def pull(arm):
        pulled.append(int(arm))
        return float(pays[int(arm)] + noise[(len(pulled) - 1) % 250])

    candidate.play(new_agent(candidate, rng, 5), pull, 250)
    hits = pulled[-100:].count(int(pays.argmax()))
    assert hits >= 70, f"the best arm is pulled in {hits} of the last 100 rounds"


# All or nothing: half of this is worth nothing.
@criterion(points=5, title="The seed decides the draws", zh="种子决定抽取", partial=False)
def test_seed(candidate, rng):
    def life(seed):
        agent = candidate.GradientBandit(4, 0.5, seed)
        policy_after(agent, [(0, 0.0), (1, 0.5)])
        return [int(agent.act()) for _ in range(60)]

    first, second = rng.choice(1_000_000, size=2, replace=False).tolist()
    drawn = life(first)
    assert life(first) == drawn, "two agents of the same seed draw different arms"
    assert life(second) != drawn, "agents of different seeds draw the same arms"
    assert len(set(drawn)) > 1, "sixty draws give one arm alone"


# Bad arguments must raise, and good ones must not: an answer that always raises earns nothing here.
@criterion(points=5, title="Refuses bad arguments, and only those", zh="拒绝且只拒绝错误的参数")
@pytest.mark.parametrize("bad", ["arms", "step_size", "arm", "rounds"])
def test_bad_arguments(candidate, rng, bad):
    agent = new_agent(candidate, rng, 2)
    match bad:
        case "arms":
            assert_raises("ValueError", candidate.GradientBandit, 0, 0.1, 0)
        case "step_size":
            assert_raises("ValueError", candidate.GradientBandit, 2, 0.0, 0)
        case "arm":
            for arm in (-1, 2):
                assert_raises("ValueError", agent.learn, arm, 1.0)
        case "rounds":
            assert_raises("ValueError", candidate.play, agent, lambda arm: 1.0, -1)
    assert_close(float(candidate.play(agent, lambda arm: 1.5, 0)), 0.0)
    assert_close(float(candidate.play(agent, lambda arm: 1.5, 2)), 3.0)
