# /// attack
# title = "carries what it has seen from case to case: in its module, on disk, in the working folder's time, in its process's name"
# aim = "a later case that is answered from an earlier one's expected value"
# verdict = "wrong_answer"
# ///
import json
import os

SEEN = "seen.json"


def double(x):
    seen = json.load(open(SEEN)) if os.path.exists(SEEN) else []
    seen.append(x.tolist())
    with open(SEEN, "w") as file:
        json.dump(seen, file)
    print(len(seen))
    return x


def total(step, times):
    return double.__dict__.setdefault("last", 0.0)
