# A question's answer, but nobody can tell which question's.
def answer():
    return 42
