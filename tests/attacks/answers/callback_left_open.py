# /// attack
# title = "calls the rubric's function from threads, and answers while it is being answered"
# aim = "a reply that is taken for another's"
# ///
import threading


def total(step, times):
    def ask():
        for i in range(50):
            try:
                step(i % times)
            except BaseException:
                return

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    return 0.0


def double(x):
    return x
