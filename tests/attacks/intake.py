"""Hostile submissions: folders, archives and notebooks that attack the intake. Each maker fills a folder and returns
what is handed in.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

MB = 1 << 20
CODE = b"def double(x):\n    return x\n"
Maker = Callable[[Path, Path], Path]
"""Called with an empty folder and with the path of the file that it tries to reach."""


def _zip(folder: Path, members: dict[str, bytes], **options: object) -> Path:
    path = folder / "q01.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _tar(folder: Path, *members: tarfile.TarInfo | tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> Path:
    path = folder / "q01.tar.gz"
    with tarfile.open(path, mode, format=tarfile.GNU_FORMAT) as archive:
        for member in members:
            info, content = member if isinstance(member, tuple) else (member, b"")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def _info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def _notebook(folder: Path, cells: list[object], **fields: object) -> Path:
    path = folder / "q01.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **fields}))
    return path


def _cell(source: object, **fields: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": 1, **fields}


def _folder(folder: Path, name: str = "q01") -> Path:
    (folder / name).mkdir()
    return folder / name


# Archives.


def zip_that_climbs_out(folder: Path, secret: Path) -> Path:
    up = "../" * 20
    return _zip(folder, {f"{up}{secret}": b"planted", f"q01/{up}tmp/x.py": CODE, str(secret): b"planted"})


def zip_with_a_link(folder: Path, secret: Path) -> Path:
    path = folder / "q01.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("q01/answer.py", "q01/helper"):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o120777 << 16
            archive.writestr(info, str(secret if name.endswith("py") else secret.parent))
        archive.writestr("q01/helper/planted", "planted")
    return path


def zip_bomb(folder: Path, secret: Path) -> Path:
    return _zip(folder, {f"q01/{i}.py": bytes(100 * MB) for i in range(3)})


def zip_bomb_in_zip_bombs(folder: Path, secret: Path) -> Path:
    content = bytes(50 * MB)
    for _ in range(4):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("q01/inner.zip", content)
            archive.writestr("q01/answer.py", CODE)
        content = buffer.getvalue()
    (folder / "q01.zip").write_bytes(content)
    return folder / "q01.zip"


def zip_whose_members_overlap(folder: Path, secret: Path) -> Path:
    """One body that thousands of names share (D. Fifield, "A better zip bomb", WOOT 2019)."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = body.compress(bytes(20 * MB)) + body.flush()
    names = [f"q01/{i}.py".encode() for i in range(1500)]
    sizes = (zlib.crc32(bytes(20 * MB)), len(packed), 20 * MB)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, *sizes, len(names[0]), 0) + names[0] + packed
    directory = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, *sizes, len(n), 0, 0, 0, 0, 0, 0) + n for n in names
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(names), len(names), len(directory), len(local), 0)
    (folder / "q01.zip").write_bytes(local + directory + end)
    return folder / "q01.zip"


def zip_that_lies(folder: Path, secret: Path) -> Path:
    """Its directory says that a member is small, and another has 2**63 bytes (zip64)."""
    path = _zip(folder, {"q01/answer.py": b"#" * (50 * MB), "q01/other.py": CODE})
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\1\2")
    data[first + 24 : first + 28] = struct.pack("<L", 10)
    second = data.index(b"PK\1\2", first + 4)
    data[second + 20 : second + 28] = b"\xff" * 8
    path.write_bytes(data)
    return path


def zip_of_many(folder: Path, secret: Path) -> Path:
    return _zip(folder, {f"q01/{i}.py": b"" for i in range(30_000)})


def zip_with_odd_names(folder: Path, secret: Path) -> Path:
    names = [
        "q01/answer.py\0.txt",
        "q01\\answer.py",
        "C:\\q01.py",
        "q01/con.py",
        "q01/\u202eyp.rewsna",
        "q01/" + "d/" * 300,
    ]
    return _zip(folder, dict.fromkeys([*names, "q01//answer.py", "./q01/./answer.py", "q01/\x1b[2J.py", " "], CODE))


def zip_that_is_locked(folder: Path, secret: Path) -> Path:
    path = _zip(folder, {"q01/answer.py": CODE})
    data = bytearray(path.read_bytes())
    for sign, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(sign) + offset] |= 1
    path.write_bytes(data)
    return path


def zip_with_two_of_a_name(folder: Path, secret: Path) -> Path:
    path = folder / "q01.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for content in (CODE, b"import planted\n"):
            archive.writestr("q01/answer.py", content)
            archive.writestr("q01/ANSWER.py", content)
    return path


def tar_that_climbs_out(folder: Path, secret: Path) -> Path:
    return _tar(folder, (_info(str(secret)), b"planted"), (_info("../" * 20 + str(secret)), b"planted"))


def tar_with_links(folder: Path, secret: Path) -> Path:
    return _tar(
        folder,
        _info("q01/answer.py", tarfile.SYMTYPE, str(secret)),
        _info("q01/numpy/answer.py", tarfile.LNKTYPE, str(secret)),
        _info("q01/out", tarfile.SYMTYPE, str(secret.parent)),
        (_info("q01/out/planted"), b"planted"),
    )


def tar_with_devices(folder: Path, secret: Path) -> Path:
    return _tar(
        folder,
        _info("q01/answer.py", tarfile.FIFOTYPE),
        _info("q01/torch/answer.py", tarfile.CHRTYPE),
        _info("q01/numpy/answer.py", tarfile.BLKTYPE),
        (_info("q01/helper.py", tarfile.CONTTYPE), CODE),
    )


def tar_bomb(folder: Path, secret: Path) -> Path:
    path = folder / "q01.tar.gz"
    with gzip.open(path, "wb", 9) as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
        for i in range(6):
            info = _info(f"q01/{i}.py")
            info.size = 50 * MB
            archive.addfile(info, io.BytesIO(bytes(info.size)))
    return path


def tar_with_huge_headers(folder: Path, secret: Path) -> Path:
    headers = {f"key{i}": "x" * 100_000 for i in range(300)}
    path = folder / "q01.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT, pax_headers=headers) as archive:
        info = _info("q01/" + "n" * MB)
        archive.addfile(info)
    return path


def tar_that_lies(folder: Path, secret: Path) -> Path:
    info = _info("q01/answer.py")
    info.size = 1 << 40
    (folder / "q01.tar.gz").write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + CODE))
    return folder / "q01.tar.gz"


def tar_that_is_sparse(folder: Path, secret: Path) -> Path:
    headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}
    info = _info("q01/answer.py")
    info.pax_headers = headers
    path = folder / "q01.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        content = b"1\n" + str(1 << 39).encode() + b"\n10\n" + bytes(600)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return path


def gzip_without_an_end(folder: Path, secret: Path) -> Path:
    (folder / "q01.tar.gz").write_bytes(gzip.compress(bytes(200 * MB), 9)[:-8] * 3)
    return folder / "q01.tar.gz"


# Folders.


def folder_with_links(folder: Path, secret: Path) -> Path:
    made = _folder(folder)
    for name, target in {
        "answer.py": secret,
        "helper": secret.parent,
        "loop": made,
        "zero.py": Path("/dev/zero"),
    }.items():
        (made / name).symlink_to(target)
    return made


def folder_with_a_pipe(folder: Path, secret: Path) -> Path:
    made = _folder(folder)
    os.mkfifo(made / "answer.py")
    os.mkfifo(made / "answer.md")
    return made


def folder_that_is_deep(folder: Path, secret: Path) -> Path:
    made = _folder(folder)
    (made / "answer.py").write_bytes(CODE)
    here = os.open(made, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 100, dir_fd=here)
        there = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)
    return made


def folder_with_huge_files(folder: Path, secret: Path) -> Path:
    made = _folder(folder)
    for name in ("answer.py", "answer.md", "submission.toml", "answer.ipynb"):
        with open(made / name, "wb") as file:
            file.truncate(1 << 40)
    return made


def folder_with_odd_names(folder: Path, secret: Path) -> Path:
    made = os.fsencode(_folder(folder))
    for name in (
        b"\xff\xfe.py",
        b"a\nb.py",
        b"\x1b[2J.py",
        b"<script>injected.py",
        b"=1+1.py",
        b"-rf",
        "answer\u202e.py".encode(),
    ):
        with open(made + b"/" + name, "wb") as file:
            file.write(CODE)
    return folder / "q01"


def manifest_that_asks_for_more(folder: Path, secret: Path) -> Path:
    """A candidate gives neither image nor environment (CVE-2024-0132, CVE-2025-23266)."""
    made = _folder(folder)
    (made / "answer.py").write_bytes(CODE)
    (made / "Dockerfile").write_text("FROM planted\n")
    (made / ".env").write_text("LD_PRELOAD=/planted.so\nNVIDIA_VISIBLE_DEVICES=all\n")
    (made / "submission.toml").write_text(
        'image = "planted"\nenv = {LD_PRELOAD = "/planted.so"}\nmounts = ["/:/host"]\nprivileged = true\n'
        '[[answers]]\nquestion = 1\npath = "answer.py"\nruntime = "planted"\nimage = "planted"\ngpus = "all"\n'
        "[answers.env]\nNVIDIA_DISABLE_REQUIRE = 1\n[limits]\nmemory_mb = 1000000\n"
    )
    return made


def manifest_that_points_out(folder: Path, secret: Path) -> Path:
    made = _folder(folder)
    (made / "submission.toml").write_text(
        f'candidate = "../../planted"\n[[answers]]\nquestion = 1\npath = "{secret}"\n'
        f'[[answers]]\nquestion = "target"\nframework = "torch"\npath = "../../{secret.name}"\n'
    )
    return made


def manifest_that_is_a_bomb(folder: Path, secret: Path) -> Path:
    made = _folder(folder)
    (made / "answer.py").write_bytes(CODE)
    (made / "submission.toml").write_text("x = " + "[" * 100_000 + "]" * 100_000 + "\na" + ".a" * 100_000 + " = 1\n")
    return made


def source_that_is_a_bomb(folder: Path, secret: Path) -> Path:
    made = _folder(folder)
    (made / "answer.py").write_text("x = " + "-" * 500_000 + "1\n")
    (made / "helper.py").write_text("x" + ".a" * 500_000)
    return made


# Notebooks.


def notebook_with_commands(folder: Path, secret: Path) -> Path:
    return _notebook(
        folder,
        [
            _cell(f"!cat {secret}\n%run {secret}\n%load {secret}\n%%bash\ncat {secret}"),
            _cell(f"%%writefile {secret}\nplanted"),
            _cell(f"x = !cat {secret}\n?{secret}\n%autoreload 2\n"),
            _cell(CODE.decode()),
        ],
        metadata={"kernelspec": {"name": "planted", "argv": ["cat", str(secret)]}, "language_info": {"name": "bash"}},
    )


def notebook_that_is_deep(folder: Path, secret: Path) -> Path:
    (folder / "q01.ipynb").write_text('{"cells": ' + "[" * 200_000 + "]" * 200_000 + "}")
    return folder / "q01.ipynb"


def notebook_of_odd_cells(folder: Path, secret: Path) -> Path:
    odd: list[object] = [None, 1, "x", [], {}, _cell(None), _cell(1), _cell([1, None, ["x"]]), _cell({"a": 1})]
    return _notebook(folder, [*odd, _cell("\ud800\0\x1b"), {"cell_type": ["code"], "source": {}}, _cell(CODE.decode())])


def notebook_with_huge_outputs(folder: Path, secret: Path) -> Path:
    output = {"output_type": "display_data", "data": {"image/png": "A" * (9 * MB)}, "metadata": {}}
    return _notebook(folder, [_cell(CODE.decode(), outputs=[output])])


def notebook_of_many_cells(folder: Path, secret: Path) -> Path:
    return _notebook(folder, [_cell("x = 1")] * 60_000)


MAKERS: dict[str, Maker] = {
    name: made
    for name, made in list(globals().items())
    if name.split("_")[0] in ("zip", "tar", "gzip", "folder", "manifest", "source", "notebook") and callable(made)
}
