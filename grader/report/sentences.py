"""The engine's own sentences on a case in Chinese.

A result keeps them in English; reports show them in either language. What a rubric's author says in an
assertion, and what an answer's exception says, is left as it is.
"""

from __future__ import annotations

import re

from grader.report.phrases import Language, pick
from grader.verdicts import Verdict

_PLACE = re.compile(r"\S+:\d+ ")

_WHAT = [
    (r"importing (.+)", "导入 {}"),
    (r"the gradient of (.+)", "{} 的梯度"),
    (r"the parameters of (.+)", "{} 的参数"),
]
_GOT = [
    (r"nothing \(None\)", "空值（None）"),
    (r"one array of shape (.+)", "一个形状为 {} 的数组"),
    (r"one array", "一个数组"),
    (r"an object", "一个对象"),
    (r"an? (\w+) of (\d+)", "一个长度为 {1} 的 {0}"),
    (r"an? (.+)", "一个 {}"),
]
_KINDS = {
    "array": "数组",
    "number": "数值",
    "list": "列表",
    "object": "对象",
    "a model": "模型",
}
_FORMS = [
    (r"has not the keys (.+)", "的键不是 {}"),
    (r"is not a sequence of the length that is asked for", "不是所要求长度的序列"),
    (r"is not a sequence of (\d+)", "不是长度为 {} 的序列"),
    (r"is None, not an array or a number", "是 None，而不是数组或数值"),
    (r"is a (.+), not an array or a number", "是 {}，而不是数组或数值"),
    (r"has shape (.+), expected (.+)", "的形状为 {}，应为 {}"),
    (r"has not the shape that is asked for", "的形状与要求不符"),
    (r"has dtype (\S+), expected (\S+)", "的 dtype 为 {}，应为 {}"),
    (r"has dtype (\S+), less precise than (\S+)", "的 dtype 为 {}，精度低于 {}"),
    (r"has dtype (\S+) and fractions, expected (\S+)", "的 dtype 为 {} 且含小数，应为 {}"),
    (r"differs from the expected values", "与期望值不同"),
    (
        r"differs at (.*): got (\S+), expected (\S+) \((\S+) off.*; tolerance (.+)\); (\d+) of (\d+) elements differ",
        "在 {} 处不同：实际 {}，期望 {}（相差 {}；容差 {}）；有 {} 个元素不同，共 {} 个",
    ),
    (
        r"differs at (.*): got (\S+), expected (\S+); (\d+) of (\d+) elements differ",
        "在 {} 处不同：实际 {}，期望 {}；有 {} 个元素不同，共 {} 个",
    ),
]
_SENTENCES = [
    (r"(?P<what>.+) took longer than (.+) s", "{what}用时超过 {1} 秒"),
    (r"the answer has used up its (.+) s for the whole question", "答案已用完整道题的 {} 秒"),
    (r"(?P<what>.+) needs more memory than the (\d+) MiB allowed", "{what}所需内存超过允许的 {1} MiB"),
    (
        r"(?P<what>.+) needs more than the (\d+) MiB of the GPU's memory that are allowed",
        "{what}所需的 GPU 内存超过允许的 {1} MiB",
    ),
    (r"the answer does not define (.+), which the question asks for", "答案没有定义题目要求的 {}"),
    (r"(?P<what>.+) printed, wrote or returned more than is allowed", "{what}打印、写入或返回的内容超出限额"),
    (r"(?P<what>.+) ended its process, or closed its connection", "{what}结束了自己的进程，或关闭了连接"),
    (r"(?P<what>.+) returned something that is no plain data", "{what}返回的不是普通数据"),
    (r"(?P<what>.+): it printed more than (\d+) KiB", "{what}打印的内容超过 {1} KiB"),
    (r"(?P<what>.+): it used more than (\d+) MiB", "{what}使用的内存超过 {1} MiB"),
    (r"(?P<what>.+): it started more than (\d+) threads", "{what}启动的线程超过 {1} 个"),
    (r"(?P<what>.+): it wrote more than (\d+) MiB or (\d+) files", "{what}写入的内容超过 {1} MiB 或 {2} 个文件"),
    (r"(?P<what>.+): its process was ended by signal (\d+)", "{what}的进程被信号 {1} 终止"),
    (r"(?P<what>.+): its process exited with status (\d+)", "{what}的进程以状态 {1} 退出"),
    (r"(?P<what>.+): its result cannot be differentiated as the question asks", "{what}：结果无法按题目要求求导"),
    (
        r"(?P<what>.+): it returned something that is neither plain data nor an array",
        "{what}：返回的既不是普通数据，也不是数组",
    ),
    (r"(?P<what>.+): what it returned is no model of the framework", "{what}：返回的不是该框架的模型"),
    (r"it does not take the arguments that the question gives to (.+)", "它不接受题目传给 {} 的参数"),
    (r"(.+) does not take the arguments that the question gives to (.+)", "{} 不接受题目传给 {} 的参数"),
    (r"the answer returned (?P<got>.+) where the question asks for (?P<kind>.+)", "答案返回了{got}，而题目要求{kind}"),
    (r"(\S+) returned (?P<got>.+) where the question asks for (?P<kind>.+)", "{0} 返回了{got}，而题目要求{kind}"),
    (r"(\S+) raised nothing where (\w+) is asked for", "{} 没有抛出题目要求的 {}"),
    (r"(\S+) raised an exception where (\w+) is asked for", "{} 抛出了异常，而题目要求 {}"),
    (r"(\S+) raised (\w+) where (\w+) is asked for", "{} 抛出了 {}，而题目要求 {}"),
    (r"an exception in (?P<what>.+)", "{what}抛出了异常"),
    (r"([A-Z]\w+) in (?P<what>.+)", "{what}抛出了 {0}"),
    (r"what the answer returned has not the form that the question asks for", "答案返回的内容不符合题目要求的形式"),
    (r"the result is not the one that is asked for", "结果不符合要求"),
    (r"the submission has no answer", "提交中没有这道题的答案"),
    (r"the result(?P<path>(?:\[[^\]]*\])*) (?P<form>.+)", "结果{path}{form}"),
]
_VERDICTS = {
    Verdict.PASSED.sentence: "该用例通过。",
    Verdict.WRONG_ANSWER.sentence: "答案已运行，但结果不符合题目要求。",
    Verdict.RUNTIME_ERROR.sentence: "答案抛出了异常，或结束了自己的进程。",
    Verdict.TIME_LIMIT.sentence: "答案用时超过题目允许的时间。",
    Verdict.MEMORY_LIMIT.sentence: "答案所需内存超过题目允许的限度。",
    Verdict.OUTPUT_LIMIT.sentence: "答案打印或写入的内容超过题目允许的限度。",
    Verdict.POLICY_VIOLATION.sentence: "答案使用了规则禁止的内容，因此没有运行。",
    Verdict.NOT_ANSWERED.sentence: "提交中没有对应的答案。",
    Verdict.NEEDS_REVIEW.sentence: "由人工评分。",
    Verdict.GRADER_ERROR.sentence: "评分程序在此出错，不影响候选人得分。",
}


def in_chinese(sentence: str) -> str:
    """The sentence in Chinese; empty where it is none of the engine's own."""
    place = found.group() if (found := _PLACE.match(sentence)) else ""
    rest = sentence[len(place) :]
    said = _VERDICTS.get(rest) or _said(_SENTENCES, rest)
    return place + said if said else ""


def in_language(sentence: str, language: Language) -> str:
    """The sentence in that language, where it has one in it."""
    return pick(sentence, in_chinese(sentence), language)


def _said(sentences: list[tuple[str, str]], text: str) -> str:
    """By the first of the patterns that is the whole of `text`; empty where none is, or a part of it has no words."""
    for pattern, chinese in sentences:
        if found := re.fullmatch(pattern, text):
            named = {name: _part(name, part or "") for name, part in found.groupdict().items()}
            if all(named[name] or name == "path" for name in named):
                return chinese.format(*found.groups(), **named)
    return ""


def _part(name: str, text: str) -> str:
    match name:
        case "what":
            return _said(_WHAT, text) or f"{text} "
        case "got":
            return _said(_GOT, text)
        case "kind":
            return "、".join(_KINDS.get(kind, kind) for kind in text.split(" and "))
        case "form":
            return _said(_FORMS, text)
    return text
