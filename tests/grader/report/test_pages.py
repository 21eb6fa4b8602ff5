"""The HTML of the example cohort in a real browser: it opens by itself, can be read by everyone, and can be handled."""

import os
import shutil

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from grader.evidence import bounds, window
from grader.report import compile_report
from grader.report.model import Learning
from tests.demo import ROOT

pytestmark = pytest.mark.xdist_group("examples")  # the cohort is graded once

SHOTS = ROOT / "results" / "screenshots"
PAGES = ["report.html", "strong/report.html", "mixed/report.html", "broken/report.html", "hostile/report.html"]


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, or what CHROMIUM names. GRADER_REQUIRE_CHROMIUM=1 makes a failure of its absence."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        missing = "there is no Chromium: install it (apt-get install chromium), or let CHROMIUM name one"
        (pytest.fail if os.environ.get("GRADER_REQUIRE_CHROMIUM") else pytest.skip)(missing)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser):
    """Open a file; its `said` are the console's messages and errors, its `asked` all requests."""
    contexts = []

    def open_it(path, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_by_itself(demo, open_page, name):
    page = open_page(demo.reports / name)
    assert page.said == []
    assert page.asked == [(demo.reports / name).as_uri()]


@pytest.mark.parametrize("name", ["report.html", "broken/report.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_meets_wcag(demo, open_page, name, scheme):
    page = open_page(demo.reports / name, color_scheme=scheme)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
    violations = Axe().run(page, options=rules).response["violations"]
    assert [(found["id"], found["nodes"][0]["html"]) for found in violations] == []


def test_pictures_and_values_meet_wcag(result, open_page, tmp_path):
    """In both schemes, with everything expanded."""
    actual, expected = np.eye(4), np.zeros((4, 4))
    seen = {
        "window": window(actual, expected, np.full((4, 4), 0.01)),
        "bounds": bounds(np.array([5, 90]), np.array([30, 30]), np.array([70, 70]), 95),
        "learning": Learning(after=(0, 5, 20), reached=(0.3, 0.5, 0.7), bar=0.6, more_is_better=True, unit="epochs"),
    }
    criterion = result.questions[0].criteria[0]
    cases = tuple(case.model_copy(update=seen) for case in criterion.cases)
    question = result.questions[0].model_copy(update={"criteria": (criterion.model_copy(update={"cases": cases}),)})
    shown = result.model_copy(update={"questions": (question,)})
    (path,) = compile_report(shown, ["html"], "reviewer", tmp_path)
    for scheme in ("light", "dark"):
        page = open_page(path, color_scheme=scheme)
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        assert page.locator("rect.heat3, rect.heat2").count() >= 4
        assert page.locator("circle.bad").count() >= 2
        assert page.locator("figure:has(polyline) circle.good").count() == len(criterion.not_passed)
        assert page.locator("figure:has(polyline) circle.bad").count() == 2 * len(criterion.not_passed)
        assert [found["id"] for found in Axe().run(page).response["violations"]] == []


def test_no_script_is_in_a_page(demo, open_page):
    page = open_page(demo.reports / "hostile" / "report.html")
    assert page.locator("script").count() == 0
    assert page.title() == "hostile: 0 / 1700"


def test_what_earned_full_marks_can_be_hidden(demo, open_page):
    page = open_page(demo.reports / "mixed" / "report.html")
    rows = page.locator("main tbody tr:visible")
    before = rows.count()
    page.get_by_label("only what lost points").check()
    assert 0 < rows.count() < before
    assert page.locator("tr.full:visible").count() == 0
    page.get_by_label("everything").check()
    assert rows.count() == before


def test_the_language_can_be_switched_by_keyboard(demo, open_page):
    page = open_page(demo.reports / "mixed" / "report.html")
    heading = page.locator("main th").nth(1)
    assert heading.inner_text() == "question"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert heading.inner_text() == "题目"


def test_evidence_expands_and_its_picture_says_how_much_differs(demo, open_page):
    page = open_page(demo.reports / "mixed" / "report.html")
    figure = page.locator("figure:has(rect.heat4)").first
    assert figure.locator("rect").count() > 1
    values = page.locator("details", has_text="Values").locator("td.off").first
    assert not values.is_visible()
    page.locator("summary", has_text="Values").first.click()
    assert values.is_visible()


def test_in_print_everything_is_open(demo, open_page):
    page = open_page(demo.reports / "mixed" / "report.html")
    page.emulate_media(media="print")
    assert page.locator("td.off").first.bounding_box()["height"] > 0
    assert not page.locator("header").is_visible()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["report.html", "mixed/report.html"])
def test_pages_fit_a_phone_and_a_screen(demo, open_page, name, width):
    page = open_page(demo.reports / name, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name.replace('/', '-').removesuffix('.html')}-{width}.png", full_page=True)


def test_a_report_can_begin_in_chinese(result, open_page, tmp_path):
    (path,) = compile_report(result, ["html"], "reviewer", tmp_path, language="zh")
    page = open_page(path)
    assert page.locator("html").get_attribute("lang") == "zh"
    assert "候选" not in page.locator("h1").inner_text()
    assert page.get_by_text("结果错误").first.is_visible()
    assert page.get_by_text("输出等于另一种编码").first.is_visible()
    assert not page.get_by_text("your output equals").first.is_visible()
