# /// attack
# title = "makes shared memory, semaphores and message queues that outlive it"
# aim = "memory that is not counted, or a channel to another worker"
# refused = true
# ///
import mmap
import multiprocessing.shared_memory

from targets import KEY, PLANTED, attempt, call

attempt(multiprocessing.shared_memory.SharedMemory, PLANTED, True, 4096)
attempt(open, "/dev/shm/" + PLANTED, "wb")
attempt(mmap.mmap, -1, 4096)
attempt(mmap.mmap, -1, 4096, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
attempt(call, 29, KEY, 4096, 0o1666)  # shmget
attempt(call, 64, KEY, 1, 0o1666)  # semget
attempt(call, 68, KEY, 0o1666)  # msgget
attempt(call, 240, PLANTED.encode(), 0o102, 0o666, 0)  # mq_open
attempt(call, 248, b"user", PLANTED.encode(), b"x", 1, -4)  # add_key
attempt(call, 319, b"x", 2)  # memfd_create
