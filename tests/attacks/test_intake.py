"""Every hostile submission is read or refused: nothing outside is read or written, and time and memory stay small."""

import contextlib
import os
import pickle
import resource
import select
import signal

import pytest

from grader.bank import load_bank
from grader.errors import UsageError
from grader.policy import screen
from grader.run import write_folder
from grader.submission import Submission, read_paths
from sandbox.wall import process_status
from tests.attacks.intake import MAKERS
from tests.attacks.targets import BANK

QUESTIONS = list(load_bank(BANK / "rubrics", BANK / "reference").values())
SECRET = "5d1f0c0ffee5ec4e7"
_MEMORY = 600 << 20
_SECONDS = 20


def read_in_a_child(path) -> list[Submission] | str:
    """What intake and policy make of `path`, in a process of little memory and time; the error's text if it refuses.

    Fails where the process dies.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        held = process_status(os.getpid())["VmData"]
        resource.setrlimit(resource.RLIMIT_DATA, (held + _MEMORY, held + _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(6 * _SECONDS)
        with contextlib.suppress(BaseException), open(writing, "wb") as out:
            pickle.dump(_read(path), out)
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        select.select([pipe], [], [])
        data = pipe.read()
    _, status = os.waitpid(pid, 0)
    assert data, f"the reader ended with {os.waitstatus_to_exitcode(status)}"
    return pickle.loads(data)


def _read(path) -> list[Submission] | str:
    try:
        submissions = read_paths([path], QUESTIONS)
    except UsageError as error:
        return str(error)
    for submission in submissions:
        for answer in submission.answers:
            for name, content in answer.files.items():
                screen(content, name)
    return submissions


@pytest.fixture
def secret(tmp_path):
    (tmp_path / "outside").mkdir()
    path = tmp_path / "outside" / "secret"
    path.write_text(SECRET)
    return path


@pytest.mark.parametrize("name", MAKERS)
def test_a_hostile_submission_reaches_nothing(name, tmp_path, secret):
    (tmp_path / "cohort").mkdir()
    path = MAKERS[name](tmp_path / "cohort", secret)
    before = sorted(tmp_path.rglob("*"))
    read = read_in_a_child(path)
    assert sorted(tmp_path.rglob("*")) == before
    assert secret.read_text() == SECRET
    assert SECRET not in str(read)
    for submission in read if isinstance(read, list) else []:
        assert submission.answers or submission.problems
        reports = write_folder(tmp_path, submission.candidate, True)
        assert reports.parent == tmp_path and reports.name == submission.candidate
        for text in (submission.candidate, *(f"{p.where}{p.message}" for p in submission.problems)):
            assert text.isprintable()


def test_a_candidate_gives_neither_image_nor_environment(tmp_path, secret):
    read = read_in_a_child(MAKERS["manifest_that_asks_for_more"](tmp_path, secret))
    (submission,) = read
    assert any("image" in problem.message for problem in submission.problems) or not submission.answers
    for answer in submission.answers:
        assert {field for field in vars(answer)} == {"candidate", "question", "framework", "files", "main", "folder"}
