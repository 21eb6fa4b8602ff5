"""Answers that look alike: a hint for a person, who knows what the question leaves open; never a verdict.

Answers are compared as sequences of tokens without comments, strings, layout and the candidate's own names, so that
neither renaming nor reformatting hides a copy.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator, Sequence
from itertools import combinations

from rapidfuzz.distance import Indel

from grader.report.model import SimilarAnswers
from grader.submission import Answer, Submission

ALIKE = 0.9
_FEWEST = 80  # tokens: shorter answers are alike by chance
_MOST = 100  # pairs that are told
_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
_LONGEST = 20_000  # tokens of an answer that are read


def similar_answers(submissions: Sequence[Submission]) -> list[SimilarAnswers]:
    """The pairs of different candidates' answers to one question in one framework that are alike, most alike first.

    The similarity is that of their longest common subsequence of tokens, as a share of both (Indel similarity).
    """
    answers: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for submission in submissions:
        for answer in submission.answers:
            read = _tokens(answer)
            if len(read) >= _FEWEST:
                answers.setdefault((answer.question, answer.framework), []).append((submission.candidate, read))
    found = [
        SimilarAnswers(question=question, framework=framework, candidates=(one, other), similarity=similarity)
        for (question, framework), read in answers.items()
        for (one, tokens), (other, others) in combinations(read, 2)
        if one != other and (similarity := Indel.normalized_similarity(tokens, others, score_cutoff=ALIKE)) >= ALIKE
    ]
    found.sort(key=lambda pair: (-pair.similarity, pair.question, pair.framework, pair.candidates))
    return found[:_MOST]


def _tokens(answer: Answer) -> str:
    """A character a token. What cannot be read as Python counts for nothing."""
    characters: list[str] = []
    for _, content in sorted(answer.files.items()):
        try:
            characters += _of_file(content)
        except (tokenize.TokenError, SyntaxError, UnicodeDecodeError, ValueError):
            continue
    return "".join(characters[:_LONGEST])


def _of_file(content: bytes) -> Iterator[str]:
    before = ""
    for token in tokenize.tokenize(io.BytesIO(content).readline):
        if token.type in _LAYOUT:
            continue
        kept = token.string
        if token.type == tokenize.STRING:
            kept = '""'
        elif token.type == tokenize.NAME and not keyword.iskeyword(token.string) and before != ".":
            kept = "a"
        before = token.string
        yield chr(0x100 + _code(kept))


def _code(token: str) -> int:
    """A number below 2**16 - 2**12, the same in every process."""
    code = 0
    for byte in token.encode("utf-8", "replace"):
        code = (code * 257 + byte) % 0xC000
    return code
