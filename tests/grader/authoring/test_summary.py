"""The table of a bank has a row for each question and framework, and says what was found in neither."""

from grader.authoring.finding import Finding
from grader.authoring.summary import bank_table


def test_a_row_counts_what_was_caught():
    findings = [
        Finding("dqn", "", "prompts, starters"),
        Finding("dqn", "torch", "cost", seconds=3.14159),
        Finding("dqn", "torch", "reference", score=100),
        Finding("dqn", "torch", "right/loops_torch.py", score=100),
        Finding("dqn", "torch", "wrong/no_target_torch.py", score=60),
        Finding("dqn", "torch", "wrong/no_done_torch.py", score=100, faults=("test_target does not catch it",)),
        Finding("dqn", "torch", "vacuous answers", score=4.5),
        Finding("dqn", "numpy", "reference", score=93.3, faults=("test_target: wrong_answer",)),
        Finding("gan", "torch", "reference in docker", score=100),
    ]
    assert bank_table(findings).splitlines()[2:] == [
        "| `dqn` | torch | 100 | – | 1 of 1 | 1 of 2 | 4.5 | 3.14 |",
        "| `dqn` | numpy | 93.3 | – | 0 of 0 | 0 of 0 | – | – |",
        "| `gan` | torch | – | 100 | 0 of 0 | 0 of 0 | – | – |",
    ]
