"""The example cohort, graded by the real command: what each of the five is there to show."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from grader import run
from grader.bank import load_bank
from grader.policy import screen
from grader.report import FORMATS, compile_report, load_result
from grader.store import Store
from grader.submission import Answer, read_submission
from grader.verdicts import Verdict
from sandbox.local import LocalSandbox
from tests.demo import COHORT

BANK = load_bank()
SIX = ["multi-head-attention", "gpt-generation", "positional-encoding", "masked-language-modeling", "gan", "dqn"]
ANSWERS = [(question, framework) for question in SIX for framework in BANK[question].frameworks]

pytestmark = pytest.mark.xdist_group("examples")  # the cohort is graded once


def refused(answer: Answer) -> bool:
    forbidden = BANK[answer.question].policy.forbidden
    return any(finding.blocking for path, code in answer.files.items() for finding in screen(code, path, forbidden))


def test_the_cohort_is_graded_to_its_end_and_nothing_is_left_behind(demo):
    assert demo.status == 0, demo.said
    graded = {path.parent.name for path in demo.reports.glob("*/result.json")}
    assert graded == {"broken", "hostile", "mixed", "strong", "weak"}
    assert (demo.changed, demo.stray, demo.alive) == (set(), [], [])


def test_every_verdict_of_a_case_occurs_but_grader_error(demo):
    shown = set().union(*(demo.verdicts(path.name) for path in COHORT.iterdir()))
    assert shown == set(Verdict) - {Verdict.GRADER_ERROR, Verdict.NEEDS_REVIEW}


def test_strong_earns_full_marks_in_every_question_and_framework(demo):
    assert demo.scores("strong") == dict.fromkeys(ANSWERS, 100)
    assert [q["id"] for q in demo.result("strong")["questions"] if q["needs_review"]] == ["multi-head-attention"] * 3


def test_mixed_has_right_answers_and_mistakes_that_are_named(demo):
    assert demo.scores("mixed")["positional-encoding", "torch"] == 100
    assert {"wrong_answer", "runtime_error", "time_limit", "not_answered"} <= demo.verdicts("mixed").keys()
    diagnoses = {(q["id"], q["framework"]): q["diagnosis"] for q in demo.result("mixed")["questions"]}
    assert "1/sqrt(d_k)" in diagnoses["multi-head-attention", "torch"]


def test_weak_earns_next_to_nothing(demo):
    assert max(demo.scores("weak").values()) < 10
    assert {"memory_limit", "output_limit"} <= demo.verdicts("weak").keys()


def test_broken_is_told_what_is_wrong_and_its_good_answer_counts(demo):
    assert demo.scores("broken").pop(("positional-encoding", "torch")) == demo.result("broken")["score"] == 100
    said = "\n".join(f"{problem['where']} {problem['message']}" for problem in demo.result("broken")["problems"])
    for sentence in ("final_version_2.py is not named after", "q07.ipynb is not valid JSON", "gan asks for torch or"):
        assert sentence in said
    messages = "\n".join(case["message"] for case in demo.cases("broken"))
    for sentence in ("q06_numpy.py:4 SyntaxError", "No module named 'attention_utils'", "can't decode byte 0xe9"):
        assert sentence in messages


def test_hostile_attacks_every_question_and_earns_nothing(demo):
    assert demo.scores("hostile") == dict.fromkeys(ANSWERS, 0)
    assert {"policy_violation", "memory_limit", "runtime_error"} <= demo.verdicts("hostile").keys()


@pytest.mark.parametrize(
    "refusal",
    [
        "reference/gpt_generation/numpy_answer.py Permission denied",
        "../result.json [Errno 13] Permission denied",
        "no child: Operation not permitted",
        "no thread: can't start new thread",
        "no group: Operation not permitted",
    ],
)
def test_attacks_that_the_policy_does_not_see_are_refused_by_the_wall(demo, refusal):
    assert any(refusal in case["output"] for case in demo.cases("hostile"))


def test_what_the_policy_refuses_earns_nothing_behind_the_wall_alone(tmp_path):
    hostile = read_submission(COHORT / "hostile", list(BANK.values()))
    hostile = replace(hostile, answers=tuple(answer for answer in hostile.answers if refused(answer)))
    assert hostile.answers
    store = Store(tmp_path / "store.sqlite3")
    settings = run.Settings(seed=1, jobs=2, policy=False)
    with LocalSandbox(spares=2) as sandbox:
        (result,) = run.grade_submissions([hostile], BANK, sandbox, store, settings, lambda *_: None, lambda _: None)
    store.close()
    verdicts = {case.verdict for q in result.questions for criterion in q.criteria for case in criterion.cases}
    assert result.score == 0
    assert not verdicts & {Verdict.POLICY_VIOLATION, Verdict.GRADER_ERROR}


def test_what_hostile_writes_is_shown_and_never_obeyed(demo):
    assert "\x1b[2J" not in demo.said
    folder = demo.reports / "hostile"
    page = (folder / "report.html").read_text()
    assert "&lt;script&gt;document.title" in page
    assert "<script>document.title" not in page
    suite = ElementTree.parse(folder / "junit.xml").getroot()
    assert len(list(suite.iter("testcase"))) == sum(demo.verdicts("hostile").values())


@pytest.mark.parametrize("candidate", ["mixed", "weak", "broken"])
def test_no_report_for_a_candidate_tells_a_hidden_value(demo, candidate, tmp_path):
    """Numbers of hidden inputs, results and expected values, and what hidden cases are called."""
    result = load_result(demo.reports / candidate / "result.json")
    files = compile_report(result, FORMATS, "candidate", tmp_path)
    told = "\n".join(path.read_text(encoding="utf-8") for path in files)
    cases = [case for question in result.questions for criterion in question.criteria for case in criterion.cases]
    public = " ".join(case.model_dump_json() for case in cases if case.shown)
    for case in cases:
        if not case.shown:
            seen = case.model_dump_json(include={"message", "detail", "output", "window", "bounds"})
            assert (numbers(seen) & numbers(told)) - numbers(public) == set()
            assert "[" not in case.name or case.name in public or case.name not in told


def numbers(text):
    return set(re.findall(r"\d+\.\d{4,}", text))
