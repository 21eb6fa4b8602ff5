"""What trained answers reach, over many seeds: the evidence on which the bars of training criteria stand.

    python benchmarks/training_study.py [ID...] [--seeds 50]
    python benchmarks/training_study.py [ID...] --seeds 20 --wrong

Each reference is trained as its rubric does it, with new data and a new seed each time; with --wrong, so is each wrong
answer that is to lose a criterion of those bars. Prints the least, the mean and the greatest of each measure.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from studies import arguments, chosen, seeds

from grader.authoring.wrong import wrong_answers
from grader.bank import Question
from grader.failure import AnswerFailure
from grader.proxy import Candidate, Session
from grader.reference import reference_source
from grader.report.text import first_line
from grader.rubric import parameters, set_parameters
from grader.source import Source
from sandbox.local import LocalSandbox

Measures = Mapping[str, float]


def attention_pooling(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    model = rubric.learner(candidate, rng)
    ids, labels, where = rubric.texts(rng, 300)
    probabilities = rubric.probabilities(candidate, model, ids)
    weights = rubric.weights_of(candidate, model, ids)
    return {
        "accuracy": np.mean(probabilities.argmax(axis=1) == labels),
        "weight of the token that decides": weights[np.arange(len(ids)), where].mean(),
    }


def bert_sentiment(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    model, vocab = rubric.learner(candidate, rng)
    texts, labels = rubric.reviews(rng, 200)
    cases = {
        "accuracy": rubric.reviews(rng, 400),
        "accuracy, plain": rubric.reviews(rng, 200, negated=False),
        "accuracy, negated": rubric.reviews(rng, 200, negated=True),
        "accuracy, unknown words": (rubric.with_unknown_words(texts), labels),
        "accuracy, long": (rubric.with_a_long_end(rng, texts), labels),
    }
    return {name: rubric.accuracy(candidate, model, vocab, *case) for name, case in cases.items()}


def language_model(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    """How far the held-out loss lies from the source's entropy (0) to the unigram loss (1)."""
    return {
        "excess loss, the last token tells": rubric.excess(candidate, rng, lag=1),
        "excess loss, the one before tells": rubric.excess(candidate, rng, lag=2),
    }


def machine_translation(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    return {"new sentences translated exactly": rubric.exact(candidate, rng)}


def roberta_classification(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    model = rubric.learner(candidate, rng)
    return {
        "accuracy, one deciding token": rubric.accuracy(candidate, model, rng, 1),
        "accuracy, two": rubric.accuracy(candidate, model, rng, 2),
    }


def object_detection(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    model = rubric.learner(candidate, rng)
    images, boxes, labels = rubric.draw_images(rng, 200)
    found, probabilities = rubric.found_in(candidate, model, images)
    mean_box = np.repeat(boxes.mean(axis=0, keepdims=True), len(boxes), axis=0)
    return {
        "mean IoU": rubric.overlaps(found.astype(np.float64), boxes).mean(),
        "mean IoU of the mean box": rubric.overlaps(mean_box, boxes).mean(),
        "accuracy": np.mean(probabilities.argmax(axis=1) == labels),
    }


def text_classification(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    common, rare = rubric.recalls(candidate, rng, rubric.one_is_rare, 2)
    return {
        "accuracy, told by a token": rubric.recalls(candidate, rng, rubric.told_by_a_token, 4).mean(),
        "accuracy, told by order": rubric.recalls(candidate, rng, rubric.told_by_order, 2).mean(),
        "recall of the common class": common,
        "recall of the rare class": rare,
    }


def transfer_learning(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    return {
        "accuracy, frozen": rubric.accuracy(candidate, rng, rubric.base_of(candidate, framework)),
        "accuracy, fine-tuned": rubric.accuracy(candidate, rng, rubric.base_of(candidate, framework), freeze=False),
        "accuracy, on shuffled weights": rubric.accuracy(
            candidate, rng, shuffled(rubric.base_of(candidate, framework), rng), freeze=False
        ),
    }


def image_transfer_learning(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    def accuracy(base: Any, freeze: bool) -> float:
        return rubric.accuracy(candidate, framework, rng, base, freeze)

    return {
        "accuracy, frozen": accuracy(rubric.base_of(candidate, framework), True),
        "accuracy, fine-tuned": accuracy(rubric.base_of(candidate, framework), False),
        "accuracy, on shuffled weights": accuracy(shuffled(rubric.base_of(candidate, framework), rng), False),
    }


def shuffled(base: Any, rng: np.random.Generator) -> Any:
    """The base without what it has learnt: each of its matrices keeps its values, in another order."""
    values = parameters(base)
    set_parameters(base, {n: rng.permutation(v.ravel()).reshape(v.shape) for n, v in values.items() if v.ndim > 1})
    return base


def dqn(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    return {
        "right guesses of 100": rubric.guess(candidate, rng),
        "earned by a walk along the chain": rubric.walk_the_chain(candidate, rng),
    }


def gan(rubric: ModuleType, candidate: Any, rng: np.random.Generator, framework: str) -> Measures:
    covered, near = rubric.learn_ring(candidate, rng)
    untrained, trained = rubric.mmd_of_five(candidate, rng)
    return {"modes of 8": covered, "samples near a mode": near, "MMD² left": trained / untrained}


@dataclass(frozen=True)
class Study:
    """How to measure what an answer has learnt, and the criteria that have a bar for it."""

    measure: Callable[[ModuleType, Any, np.random.Generator, str], Measures]
    criteria: tuple[str, ...]


STUDIES: Mapping[str, Study] = {
    "language-model": Study(language_model, ("test_learns", "test_looks_back")),
    "text-classification": Study(
        text_classification, ("test_learns_a_token", "test_learns_order", "test_learns_a_rare_class")
    ),
    "transfer-learning": Study(transfer_learning, ("test_learns",)),
    "bert-sentiment": Study(bert_sentiment, ("test_accuracy", "test_negation", "test_unusual_texts")),
    "attention-pooling": Study(attention_pooling, ("test_learns", "test_looks_where_the_answer_is")),
    "machine-translation": Study(machine_translation, ("test_translates",)),
    "roberta-classification": Study(roberta_classification, ("test_learns", "test_order")),
    "gan": Study(gan, ("test_covers_modes", "test_mmd")),
    "image-transfer-learning": Study(image_transfer_learning, ("test_learns",)),
    "dqn": Study(dqn, ("test_threshold_game", "test_chain")),
    "object-detection": Study(object_detection, ("test_finds", "test_classifies")),
}


def main() -> None:
    parser = arguments(__doc__, seeds=50)
    parser.add_argument("--wrong", action="store_true", help="the wrong answers in place of the references")
    options = parser.parse_args()
    with LocalSandbox() as sandbox:
        for question, framework in chosen(options, list(STUDIES)):
            if question.id not in STUDIES:
                parser.error(f"{question.id} has no bar for what is learnt; there are {', '.join(STUDIES)}")
            answers = wrong_ones(question, framework) if options.wrong else references(question, framework)
            for answer, source in answers:
                study(sandbox, question, framework, answer, source, seeds(options))


def references(question: Question, framework: str) -> Iterator[tuple[str, Source]]:
    yield "reference", reference_source(question, framework)


def wrong_ones(question: Question, framework: str) -> Iterator[tuple[str, Source]]:
    barred = set(STUDIES[question.id].criteria)
    for wrong in wrong_answers(question):
        if wrong.header.framework == framework and barred.intersection(wrong.header.loses):
            yield wrong.path.stem.removesuffix(f"_{framework}"), wrong.source


def study(
    sandbox: LocalSandbox, question: Question, framework: str, answer: str, source: Source, run_seeds: range
) -> None:
    rubric = load(question)
    session = Session(sandbox, question, source)
    found: dict[str, list[float]] = {}
    refused = ""
    for seed in run_seeds:
        session.renew(seed)
        session._spent = 0.0  # a study is no answer: its seeds have no limit in common
        rng = np.random.default_rng(seed)
        try:
            measures = STUDIES[question.id].measure(rubric, Candidate(session), rng, framework)
        except (AnswerFailure, AssertionError) as error:
            refused = f"{question.id} {framework:10} {answer:32} with seed {seed}: {first_line(str(error))}"
            continue
        for measure, value in measures.items():
            found.setdefault(measure, []).append(float(value))
    session.close()
    if refused:
        print(refused, flush=True)
    for measure, values in found.items():
        least, mean, greatest = min(values), float(np.mean(values)), max(values)
        print(
            f"{question.id} {framework:10} {answer:32} {measure:36} {least:.3f} {mean:.3f} {greatest:.3f}"
            f"  ({len(values)} of {len(run_seeds)} seeds)",
            flush=True,
        )


def load(question: Question) -> ModuleType:
    spec = importlib.util.spec_from_file_location(question.folder.name, question.rubric)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
