# /// attack
# title = "defines entry points by names that look or normalise alike, and hides text behind marks of direction"
# aim = "a reviewer that reads other code than runs"
# source = "CVE-2021-42574"
# ///


def ｄｏｕｂｌｅ(x):
    return x * 0  # NFKC makes this the entry point


def tоtal(step, times):  # the second letter is Cyrillic
    return sum(float(step(i)) for i in range(times))


accessible = "none‮ ⁦# only admins⁩ ⁦"


def spell(numbers):
    return [accessible]
