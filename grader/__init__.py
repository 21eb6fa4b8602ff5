"""The trusted side: intake, policy, rubrics, comparison, scheduling, scoring, store and reports."""

__version__ = "0.1.0"
