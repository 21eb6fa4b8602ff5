"""The hostile answers are never collected: some of them bring a conftest.py."""

collect_ignore = ["answers", "bank"]
