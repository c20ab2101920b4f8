"""Takes the time and the random ID out of a dynamic VHD's two footers: normalize-vhd.py FILE

Microsoft's Virtual Hard Disk Image Format Specification: time stamp at 24, checksum at 64, ID at 68.
"""

import pathlib
import struct
import sys

FOOTER = 512


def normalized(footer: bytes) -> bytes:
    bare = footer[:24] + bytes(4) + footer[28:64] + bytes(4) + bytes(16) + footer[84:]
    return bare[:64] + struct.pack(">I", ~sum(bare) & 0xFFFFFFFF) + bare[68:]


with pathlib.Path(sys.argv[1]).open("r+b") as file:
    for at in (0, file.seek(0, 2) - FOOTER):
        file.seek(at)
        footer = file.read(FOOTER)
        if not footer.startswith(b"conectix"):
            sys.exit(f"{sys.argv[1]} has no VHD footer at {at}")
        file.seek(at)
        file.write(normalized(footer))
