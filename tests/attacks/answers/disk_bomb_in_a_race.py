# /// attack
# title = "makes and removes files all the time while it fills its scratch folder"
# aim = "a look through the folder that stumbles over a file just removed, and stops counting"
# refused = true
# ///
import os
import threading
import time


def flip(name):
    while True:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
        os.unlink(name)


def double(x):
    for i in range(10):
        threading.Thread(target=flip, args=(f"{i}flip",), daemon=True).start()
    piece = bytes(2 << 20)
    for i in range(25):
        with open(f"file{i}", "wb") as file:
            file.write(piece)
    print("written")
    time.sleep(0.5)
