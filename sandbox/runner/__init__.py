"""The only code that runs on the untrusted side, beside the answer.

It imports the standard library, numpy, msgpack and the wire, and a framework only where the answer needs it.
"""
