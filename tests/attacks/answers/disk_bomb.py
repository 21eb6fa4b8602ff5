# /// attack
# title = "fills its scratch folder: large files, many files, deep folders, sparse files"
# aim = "the machine's disk"
# verdict = "output_limit"
# ///
import os
import time


def double(x):
    match x.shape[0]:
        case 1:
            for i in range(1000):
                with open(f"f{i}", "wb") as file:
                    file.write(bytes(1 << 20))
        case 3:
            for i in range(100_000):
                open(f"n{i}", "wb").close()
        case 8:
            for i in range(100_000):
                os.mkdir("d" * 50)
                os.chdir("d" * 50)
    time.sleep(5)


def total(step, times):
    with open("large", "wb") as file:
        file.truncate(1 << 40)


def spell(numbers):
    with open("large", "wb") as file:
        while True:
            file.write(bytes(1 << 20))
