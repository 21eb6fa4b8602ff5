"""Every hostile answer, against every sandbox, with the policy on and with it off, gains nothing."""

import pytest

from grader.verdicts import Verdict
from tests.attacks.arena import Contest, hold
from tests.attacks.catalogue import attacks
from tests.attacks.judge import LIMITS, cases_of, gains, run_gains
from tests.attacks.sandboxes import SANDBOXES, missing

COURTS = [
    pytest.param((sandbox, policy), id=f"{sandbox}-{policy}", marks=pytest.mark.xdist_group(f"{sandbox}-{policy}"))
    for sandbox in SANDBOXES
    for policy in ("on", "off")
]
pytestmark = pytest.mark.parametrize("court", COURTS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def court(request) -> tuple[str, Contest]:
    """The sandbox's name, and the contest of all attacks in it."""
    sandbox, policy = request.param
    if reason := missing(sandbox):
        pytest.skip(reason)
    return sandbox, hold(sandbox, policy == "on", attacks())


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_it_gains_nothing(court, attack):
    found = gains(attack, court[1])
    assert not found, f"{attack.title}: {'; '.join(found)}"


def test_the_run_and_the_neighbours_are_as_they_would_be_alone(court):
    sandbox, contest = court
    assert run_gains(contest, hold(sandbox, True, [])) == []


def test_an_answer_that_hangs_everywhere_costs_its_own_limits(court):
    question = court[1].results["hang_everywhere"].questions[0]
    cases = cases_of(question)
    assert {case.verdict for case in cases} == {Verdict.TIME_LIMIT}
    hung = [case.seconds for case in cases if case.seconds > 0.1]
    assert 0 < len(hung) <= LIMITS.total_seconds / LIMITS.call_seconds  # the rest is given up at once


def test_the_policy_names_the_line_that_it_refuses(court):
    _, contest = court
    if not contest.policy:
        pytest.skip("nothing is refused with the policy off")
    for attack in attacks():
        if attack.refused:
            question = contest.results[attack.name].questions[0]
            finding = next(finding for finding in question.policy if finding.blocking)
            assert cases_of(question)[0].message == f"{finding.file}:{finding.line}: {finding.message}"
