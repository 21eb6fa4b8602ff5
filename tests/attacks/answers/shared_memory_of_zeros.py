# /// attack
# title = "maps /dev/zero shared, touches it, and lets go of the pages without freeing them"
# aim = "memory that neither a resource limit nor the watch counts"
# refused = true
# ///
import mmap
import time

SIZE = 1 << 30


def double(x):
    with open("/dev/zero", "rb") as zero:
        memory = mmap.mmap(zero.fileno(), SIZE, mmap.MAP_SHARED, mmap.PROT_READ)
    for start in range(0, SIZE, 1 << 22):
        for place in range(start, start + (1 << 22), 4096):
            memory[place]
        memory.madvise(mmap.MADV_DONTNEED, start, 1 << 22)
    time.sleep(0.3)
    return x
