"""Hands an agent many transitions at once: thousands of single calls would cost more time than the answer itself."""


def remember_rounds(agent, transitions, rounds):
    """Call agent.remember on each transition in turn, `rounds` times over; returns how many calls that made."""
    for _ in range(rounds):
        for state, action, reward, next_state, done in transitions:
            agent.remember(state, action, reward, next_state, done)
    return rounds * len(transitions)
