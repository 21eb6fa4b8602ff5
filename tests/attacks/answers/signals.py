# /// attack
# title = "signals, stops, traces and reprioritises the grader, the template, its neighbours and everybody"
# aim = "a grader that ends, or a neighbour that is killed"
# source = "pygpubench"
# refused = true
# checked = "a process of the host's is as it was: state, tracer, pending signals, limits, cores and priority"
# ///
import os
import resource
import signal

from targets import GRADER, VICTIM, attempt, call

mine = os.getpid()
for pid in (VICTIM, GRADER, os.getppid(), 1, -1, -VICTIM, -os.getppid(), *range(mine - 5, mine), mine + 1, mine + 2):
    for number in (0, signal.SIGTERM, signal.SIGSTOP, signal.SIGUSR1, signal.SIGKILL):
        attempt(os.kill, pid, number)
    attempt(call, 234, pid, pid, 9)  # tgkill
    attempt(call, 200, pid, 9)  # tkill
    attempt(call, 129, pid, 9, 0)  # rt_sigqueueinfo
    attempt(os.pidfd_open, pid)
    attempt(resource.prlimit, pid, resource.RLIMIT_CPU, (1, 1))
    attempt(os.sched_setaffinity, pid, {0})
    attempt(os.setpriority, os.PRIO_PROCESS, pid, 19)
    attempt(os.sched_setscheduler, pid, os.SCHED_IDLE, os.sched_param(0))
    attempt(call, 251, 1, pid, 3 << 13)  # ioprio_set
    attempt(call, 101, 16, pid, 0, 0)  # ptrace attach
    attempt(call, 101, 0x4206, pid, 0, 0)  # seize
    attempt(call, 310, pid, 0, 0, 0, 0, 0)  # process_vm_readv
    attempt(call, 311, pid, 0, 0, 0, 0, 0)  # process_vm_writev
    attempt(call, 312, pid, mine, 0, 0, 0)  # kcmp
    attempt(call, 256, pid, 0, 0, 0)  # migrate_pages
    attempt(open, f"/proc/{pid}/oom_score_adj", "w")
    attempt(open, f"/proc/{pid}/mem", "r+b")
attempt(call, 101, 0, 0, 0, 0)  # traceme
attempt(os.killpg, os.getpgid(os.getppid()), 9)
attempt(call, 424, 3, 9, 0, 0)  # pidfd_send_signal
attempt(call, 438, 3, 1, 0)  # pidfd_getfd
attempt(call, 440, 3, 0, 0, 4, 0)  # process_madvise
attempt(call, 448, 3, 0)  # process_mrelease
attempt(call, 157, 1, 9)  # prctl, the parent's death signal
attempt(call, 157, 4, 1)  # prctl, dumpable
attempt(call, 157, 0x59616D61, -1)  # prctl, ptracer
