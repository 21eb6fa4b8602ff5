"""Each format: well formed, deterministic, and unmoved by hostile text."""

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from rich.console import Console
from xmlschema import XMLSchema

from grader.errors import UsageError
from grader.report import FORMATS, compile_report, print_cohort, print_submission, summarize
from grader.report.model import CohortResult, Provenance, SubmissionResult, SubmissionSummary
from grader.report.text import clean_line, clean_text
from grader.verdicts import Verdict

SUBMISSION = {name: written.writer.write_submission for name, written in FORMATS.items()}
COHORT = {name: written.writer.write_cohort for name, written in FORMATS.items()}


def printed(print_it, content, width=100):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    print_it(content, console, "reviewer")
    return console.file.getvalue()


def is_steering(char: str) -> bool:
    """Whether the character could drive a terminal, reorder text or hide, the joiners of scripts and emoji aside."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in "\n\t\u200c\u200d"


class Page(HTMLParser):
    """The tags and the attributes of a page, and its text."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("name", FORMATS)
class TestEveryFormat:
    def test_steering_characters_never_get_through(self, hostile, cohort, name):
        shown = SUBMISSION[name](hostile, "reviewer") + COHORT[name](cohort, "reviewer")
        assert not [hex(ord(char)) for char in shown if is_steering(char)]
        shown.encode()

    def test_the_same_result_gives_the_same_bytes(self, result, cohort, name):
        facts = result.provenance.model_dump()
        backwards = Provenance(
            **{key: facts[key] for key in reversed(facts)} | {"frameworks": {"numpy": "2.4.6", "torch": "2.13.0"}}
        )
        again = SubmissionResult.model_validate(result.model_dump() | {"provenance": backwards})
        assert SUBMISSION[name](result, "reviewer") == SUBMISSION[name](again, "reviewer")
        reordered = CohortResult(submissions=cohort.submissions[::-1], provenance=backwards)
        assert COHORT[name](cohort, "reviewer") == COHORT[name](reordered, "reviewer")

    def test_an_empty_submission_and_an_empty_cohort_have_a_report(self, name):
        empty = SubmissionResult(candidate="alice", score=0, max_score=0)
        for view in ("reviewer", "candidate"):
            assert SUBMISSION[name](empty, view) or name == "github"  # which has a line a note
            assert COHORT[name](CohortResult(submissions=()), view) or name == "github"


class TestTerminal:
    def test_a_submission_names_points_failures_and_diagnosis(self, result):
        shown = printed(print_submission, result, width=200)
        assert "alice: 20 of 100 points, 20.0 %" in shown
        assert "6. Sinusoidal positional encoding (torch): 20 of 100" in shown
        assert re.search(r"Matches the reference +20 / 40", shown)
        assert "wrong answer  test_matches_reference[SECRET-id-2]: output differs at [0]: got SECRET-got" in shown
        assert "Diagnosis: your output equals" in shown
        assert "answer.py:3:8 ctypes (import)" in shown
        assert "and 6 more" in shown
        assert "seed 4242424242" in shown

    def test_a_cohort_has_one_row_a_candidate(self, cohort):
        shown = printed(print_cohort, cohort, width=240)
        assert "question 6" in shown
        assert re.search(r"alice +│ +20/100 +│ +20\.0 │ +20/100 │ 3 passed", shown)
        assert re.search(r"zoe .* zoe\.zip: a link; refused", shown)

    def test_a_cohorts_questions_take_their_frameworks_together_and_need_room(self, result):
        many = [
            summarize(result).questions[0].model_copy(update={"number": n, "framework": framework, "score": 10 + n})
            for n in range(12)
            for framework in ("numpy", "torch")
        ]
        row = SubmissionSummary(candidate="alice", score=1, max_score=2, questions=tuple(many))
        wide = printed(print_cohort, CohortResult(submissions=(row,)), width=240)
        assert all(f"{20 + 2 * n}/200" in wide for n in range(12))
        narrow = printed(print_cohort, CohortResult(submissions=(row,)), width=80)
        assert "1/2" in narrow
        assert "20/200" not in narrow

    def test_hostile_text_is_neither_markup_nor_control(self, hostile):
        shown = printed(print_submission, hostile, width=400)
        assert clean_line(hostile.candidate) in shown
        assert not [hex(ord(char)) for char in shown if is_steering(char)]


class TestHtml:
    def test_hostile_text_stays_text(self, hostile, cohort):
        plain = Page(SUBMISSION["html"](hostile.model_copy(update={"candidate": "alice"}), "reviewer"))
        page = Page(SUBMISSION["html"](hostile, "reviewer"))
        assert page.tags == plain.tags
        assert not {"script", "img", "iframe"} & {*page.tags, *Page(COHORT["html"](cohort, "reviewer")).tags}
        assert " ".join(clean_text(hostile.candidate).split()) in " ".join(page.text.split())

    def test_the_page_needs_nothing_from_outside(self, hostile, cohort):
        for page in (Page(SUBMISSION["html"](hostile, "reviewer")), Page(COHORT["html"](cohort, "reviewer"))):
            links = [value for key, value in page.attributes if key in {"href", "src", "action", "srcset"}]
            assert links
            assert all(re.match(r"#question-\d+$|\./[^/]+/report\.html$", link) for link in links)
            assert "link" not in page.tags
        style = re.search(r"<style>.*</style>", SUBMISSION["html"](hostile, "reviewer"), re.DOTALL)
        assert not re.search(r"url\(|@import|//", style.group())

    def test_every_failed_case_is_on_the_page(self, result):
        page = Page(SUBMISSION["html"](result, "reviewer"))
        for verdict in set(Verdict) - {Verdict.PASSED}:
            assert f"test_all[SECRET-{verdict}]" in page.text
        assert "与参考实现一致" in page.text
        assert "answer.py:3:8" in page.text


class TestMarkdown:
    def test_hostile_text_makes_neither_link_nor_html(self, hostile, cohort):
        for text in (SUBMISSION["markdown"](hostile, "reviewer"), COHORT["markdown"](cohort, "reviewer")):
            tokens = MarkdownIt("commonmark").enable("table").parse(text)
            kinds = {child.type for token in tokens for child in (token, *(token.children or ()))}
            assert not kinds & {"link_open", "image", "html_inline", "html_block"}
            prose = re.sub(r"`{3,}.*?`{3,}", "", text, flags=re.DOTALL)
            assert not re.search(r"(?<!\\)@everyone|https?://", prose)

    def test_hostile_text_leaves_the_outline_alone(self, hostile):
        tokens = MarkdownIt("commonmark").enable("table").parse(SUBMISSION["markdown"](hostile, "reviewer"))
        assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2", "h3", "h3"]
        assert sum(token.type == "tr_open" for token in tokens) == 2
        assert sum(token.type == "fence" for token in tokens) == 4

    def test_a_fence_is_longer_than_any_within(self, result):
        explained = result.questions[0].model_copy(update={"explanation": "````\n# no heading"})
        text = SUBMISSION["markdown"](result.model_copy(update={"questions": (explained,)}), "reviewer")
        assert "`````text\n````\n# no heading\n`````" in text

    def test_what_the_engine_says_is_in_the_reports_language(self, result):
        for view, diagnosis in (("reviewer", True), ("candidate", False)):
            shown = SUBMISSION["markdown"](result, view, "zh")
            assert ("SECRET-输出等于另一种编码" in shown) is diagnosis
            assert "scores = q @ k" in shown
        assert "attend 抛出了 TypeError" in shown


class TestJunit:
    @staticmethod
    def suites(text: str) -> list[ElementTree.Element]:
        return list(ElementTree.fromstring(text.encode()))

    def test_hostile_text_is_well_formed_and_whole(self, hostile, cohort):
        root = ElementTree.fromstring(SUBMISSION["junit"](hostile, "reviewer").encode())
        assert root.get("name") == clean_line(hostile.candidate)
        names = {suite.get("name") for suite in self.suites(COHORT["junit"](cohort, "reviewer"))}
        assert {clean_line(summary.candidate) for summary in cohort.submissions} == names

    def test_it_is_what_services_read(self, result, hostile, cohort):
        """By a schema within the one that Jenkins' plugin checks reports against."""
        schema = XMLSchema(Path(__file__).with_name("junit.xsd"))
        for view in ("reviewer", "candidate"):
            for content in (result, hostile):
                schema.validate(SUBMISSION["junit"](content, view))
            schema.validate(COHORT["junit"](cohort, view))

    def test_a_suite_for_each_question_and_a_case_for_each_case(self, result):
        problems, suite = self.suites(SUBMISSION["junit"](result, "reviewer"))
        assert problems.get("name") == "submission"
        assert suite.get("name") == "positional-encoding (torch)"
        assert len(suite.findall("testcase")) == int(suite.get("tests")) == 14
        assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("9", "1", "1")
        assert suite.get("time") == "0.631457"
        wrong = suite.find("testcase[@name='test_matches_reference[SECRET-id-2]']")
        assert wrong.find("failure").get("message").startswith("output differs at [0]")
        assert "SECRET-assertion" in wrong.find("failure").text
        assert wrong.find("system-out").text == "SECRET-printed input"

    @pytest.mark.parametrize("verdict", Verdict)
    def test_whose_fault_it_is(self, result, verdict):
        expected = {Verdict.PASSED: None, Verdict.NEEDS_REVIEW: "skipped", Verdict.GRADER_ERROR: "error"}
        suite = self.suites(SUBMISSION["junit"](result, "reviewer"))[1]
        test = suite.find(f"testcase[@name='test_all[SECRET-{verdict}]']")
        assert [child.tag for child in test] == [tag for tag in [expected.get(verdict, "failure")] if tag]

    def test_names_are_unique_for_the_candidate_too(self, result):
        suite = self.suites(SUBMISSION["junit"](result, "candidate"))[1]
        names = [test.get("name") for test in suite.findall("testcase")]
        assert len(set(names)) == len(names) == 14

    def test_an_unreadable_submission_is_not_green(self, cohort):
        suite = next(s for s in self.suites(COHORT["junit"](cohort, "reviewer")) if s.get("name") == "zoe")
        assert suite.get("failures") == "1"
        unreadable = SubmissionResult(candidate="zoe", score=0, max_score=1, problems=cohort.submissions[-1].problems)
        assert self.suites(SUBMISSION["junit"](unreadable, "candidate"))[0].get("failures") == "1"


class TestCsv:
    def test_a_row_for_each_candidate_question_and_framework(self, cohort):
        rows = list(csv.DictReader(io.StringIO(COHORT["csv"](cohort, "reviewer"))))
        assert len(rows) == len(cohort.submissions)
        alice = next(row for row in rows if row["candidate"] == "alice")
        assert (alice["question"], alice["number"], alice["framework"]) == ("positional-encoding", "6", "torch")
        assert (alice["score"], alice["max_score"], alice["passed"], alice["wrong_answer"]) == (
            "20.0",
            "100.0",
            "3",
            "2",
        )
        zoe = next(row for row in rows if row["candidate"] == "zoe")
        assert (zoe["question"], zoe["problems"]) == ("", "zoe.zip: a link; refused")

    def test_no_cell_is_a_formula(self, hostile):
        (row,) = csv.DictReader(io.StringIO(SUBMISSION["csv"](hostile, "reviewer")))
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
        assert row["candidate"].removeprefix("'") == clean_line(hostile.candidate)


class TestCompile:
    def test_each_format_has_its_file_and_nothing_is_left_beside(self, result, cohort, tmp_path):
        formats = ["terminal", *FORMATS]
        names = {form.file_name for form in FORMATS.values()}
        for content, folder in ((result, tmp_path / "out" / "alice"), (cohort, tmp_path / "cohort")):
            paths = compile_report(content, formats, "reviewer", folder)
            assert {path.name for path in paths} == {path.name for path in folder.iterdir()} == names
        assert (tmp_path / "cohort" / "scores.csv").read_text(encoding="utf-8") == COHORT["csv"](cohort, "reviewer")

    def test_a_file_is_replaced_whole(self, result, tmp_path):
        (tmp_path / "result.json").write_text("x" * 1_000_000)
        compile_report(result, ["json"], "reviewer", tmp_path)
        assert (tmp_path / "result.json").read_text(encoding="utf-8") == SUBMISSION["json"](result, "reviewer")

    def test_an_unknown_format_is_refused_before_anything_is_written(self, result, tmp_path):
        with pytest.raises(UsageError, match="no format 'pdf': choose from terminal, json, html"):
            compile_report(result, ["json", "pdf"], "reviewer", tmp_path)
        assert not list(tmp_path.iterdir())

    def test_a_folder_that_is_a_file_is_refused(self, result, tmp_path):
        (tmp_path / "out").write_text("")
        with pytest.raises(UsageError, match="cannot be written"):
            compile_report(result, ["json"], "reviewer", tmp_path / "out")


class TestAnnotations:
    def test_a_note_stands_on_the_line_that_lost_points(self, result, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        lost = (
            result.questions[0]
            .criteria[0]
            .cases[1]
            .model_copy(update={"file": "a,b:c.py", "line": 7, "message": "50 %\n"})
        )
        criterion = result.questions[0].criteria[0].model_copy(update={"cases": (lost,)})
        question = result.questions[0].model_copy(
            update={"criteria": (criterion,), "policy": (), "folder": "q06/", "title": "Encoding", "title_zh": "编码"}
        )
        provenance = result.provenance.model_copy(update={"submission": str(tmp_path / "alice")})
        noted = result.model_copy(update={"questions": (question,), "provenance": provenance})
        assert SUBMISSION["github"](noted, "reviewer") == (
            "::warning file=alice/q06/a%2Cb%3Ac.py,line=7,title=Encoding::Matches the reference (20 / 40): 50 %25\n"
        )
        assert "title=编码::与参考实现一致" in SUBMISSION["github"](noted, "reviewer", "zh")
        (note,) = json.loads(SUBMISSION["gitlab"](noted, "reviewer"))
        assert note["location"] == {"path": "alice/q06/a,b:c.py", "lines": {"begin": 7}}

    def test_no_text_of_a_candidates_becomes_a_command(self, hostile):
        for line in SUBMISSION["github"](hostile, "reviewer").splitlines():
            assert line.startswith(("::error file=", "::warning file="))
