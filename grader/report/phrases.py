"""What a report says in its own words, in English and Chinese. What answers and rubrics say is shown as it is."""

from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

PHRASES: dict[str, tuple[str, str]] = {
    "language": ("Language", "语言"),
    "show": ("Show", "显示"),
    "everything": ("everything", "全部"),
    "what lost points": ("only what lost points", "只看失分项"),
    "candidate": ("candidate", "候选人"),
    "rank": ("rank", "名次"),
    "score": ("score", "得分"),
    "max": ("of", "满分"),
    "question": ("question", "题目"),
    "framework": ("framework", "框架"),
    "no.": ("no.", "题号"),
    "cases": ("cases", "用例"),
    "problems": ("problems", "问题"),
    "criterion": ("criterion", "评分项"),
    "earned": ("earned", "得分"),
    "points": ("points", "分值"),
    "policy": ("Policy", "代码规则"),
    "place": ("place", "位置"),
    "rule": ("rule", "规则"),
    "reason": ("reason", "原因"),
    "effect": ("effect", "后果"),
    "refused": ("refused", "拒绝"),
    "noted": ("noted", "提示"),
    "nearest known mistake": ("Nearest known mistake", "最接近的已知错误"),
    "evidence": ("What the assertion saw", "断言所见"),
    "printed": ("Printed", "打印内容"),
    "values": ("Values", "数值"),
    "got": ("got", "实际"),
    "expected": ("expected", "期望"),
    "difference": (
        "Where it differs: each square is an element, the darker the further off",
        "差异所在：每个方格是一个元素，颜色越深差得越多",
    ),
    "part of": ("part of a result of shape", "所属结果的形状"),
    "from": ("from index", "起始下标"),
    "draws": (
        "How often each outcome was drawn (dots), and what chance allows (bars)",
        "各结果出现的次数（点）与随机性所允许的范围（竖条）",
    ),
    "of draws": ("draws in all", "次抽取"),
    "learning": (
        "What it reaches, trained anew with less and with all of the training (dots); the dashed line is the bar at",
        "以较少及全部训练量重新训练后的表现（点）；虚线为要求的水平",
    ),
    "amount": ("below: training in", "横轴为训练量，单位"),
    "epochs": ("epochs", "轮"),
    "steps": ("steps", "步"),
    "episodes": ("episodes", "局"),
    "texts": ("texts", "条文本"),
    "outcome": ("outcome", "结果"),
    "allowed": ("allowed", "允许"),
    "reference took": ("reference", "参考实现"),
    "explanation": ("In the candidate's words", "候选人的说明"),
    "to be scored": ("To be scored by a person", "待人工评分"),
    "guide": ("Guide for the reviewer", "评阅指南"),
    "review": ("Review", "评阅"),
    "not counted yet": (
        "The written part is not scored yet: the score is without it.",
        "文字说明尚未评分，总分不含该部分。",
    ),
    "made by": ("Made by", "生成信息"),
    "cohort": ("Cohort of", "本批人数："),
    "distribution": ("Distribution of scores", "得分分布"),
    "candidates": ("candidates", "人"),
    "ranking": ("Ranking", "排名"),
    "by question": ("Scores by question", "各题得分"),
    "criteria": ("What the criteria tell apart", "各评分项的区分度"),
    "answers": ("answers", "作答数"),
    "mean": ("mean share", "平均得分率"),
    "passed by": ("full marks", "满分人数"),
    "failed by": ("nothing", "零分人数"),
    "discrimination": ("discrimination", "区分度"),
    "discrimination means": (
        "Discrimination is the correlation between what an answer earns here and in the rest of its question; a dash: "
        "too few answers, or no difference between them.",
        "区分度是答案在该项的得分与同题其余部分得分的相关系数；短横表示答案太少，或得分没有差别。",
    ),
    "everyone passes": ("everyone passes", "全部通过"),
    "everyone fails": ("everyone fails", "无人得分"),
    "alike": ("Answers that look alike", "相似的答案"),
    "alike means": (
        "A hint for a person, never a verdict: names and comments are left aside, and short answers to one question "
        "are often alike.",
        "仅供人工参考，不是结论：比较时忽略命名与注释，而同一题目的短答案往往相似。",
    ),
    "similarity": ("similarity", "相似度"),
    "passed": ("passed", "通过"),
    "wrong_answer": ("wrong answer", "结果错误"),
    "runtime_error": ("runtime error", "运行出错"),
    "time_limit": ("time limit", "超时"),
    "memory_limit": ("memory limit", "超出内存"),
    "output_limit": ("output limit", "输出过多"),
    "policy_violation": ("policy violation", "违反规则"),
    "not_answered": ("not answered", "未作答"),
    "needs_review": ("needs review", "待评阅"),
    "grader_error": ("grader error", "评分程序出错"),
}
"""By key: the verdicts' own values among them."""


def say(key: str, language: Language) -> str:
    return PHRASES[key][LANGUAGES.index(language)]


def pick(english: str, chinese: str, language: Language) -> str:
    """The Chinese text where it is asked for and there is one."""
    return chinese if language == "zh" and chinese else english
