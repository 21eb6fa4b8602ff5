"""The wall: one protocol, several backends. Imports nothing of `grader`."""
