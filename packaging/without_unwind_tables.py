"""Takes the tables for unwinding out of a finished program: `without_unwind_tables.py FILE`, in place.

The release profile aborts on a panic, so nothing ever unwinds. The compiler still writes the tables, an eighth of the
program, because the standard library brings some. They are the end of the first segment; what follows moves up by
whole pages. Only ELF files of 64 bits, which is what releases for Linux are.
"""

import struct
import sys

PT_NULL, PT_LOAD, PT_GNU_EH_FRAME = 0, 1, 0x6474E550
GONE = (".eh_frame_hdr", ".eh_frame")


def main(path):
    data = bytearray(open(path, "rb").read())
    if data[:6] != b"\x7fELF\x02\x01":
        sys.exit(f"{path} is no ELF file of 64 bits, least significant byte first")
    header_at, section_at = struct.unpack_from("<QQ", data, 0x20)
    header_size, headers, section_size, sections, names = struct.unpack_from("<5H", data, 0x36)

    def section(index):
        return struct.unpack_from("<IIQQQQ", data, section_at + index * section_size)

    if sections == 0:
        # Done already.
        return
    names_at = section(names)[4]

    def name(index):
        start = names_at + section(index)[0]
        return data[start : data.index(0, start)].decode()

    tables = [section(index) for index in range(sections) if name(index) in GONE]
    if not tables:
        return
    start = min(offset for _, _, _, _, offset, _ in tables)
    end = max(offset + size for _, _, _, _, offset, size in tables)
    loads = []
    for index in range(headers):
        at = header_at + index * header_size
        kind, _, offset, _, _, size, memory, align = struct.unpack_from("<IIQQQQQQ", data, at)
        if kind == PT_GNU_EH_FRAME:
            struct.pack_into("<I", data, at, PT_NULL)
        if kind == PT_LOAD:
            loads.append((at, offset, size, memory, align))
    holding = [load for load in loads if load[1] <= start < load[1] + load[2]]
    if len(holding) != 1 or holding[0][1] + holding[0][2] != end or holding[0][2] != holding[0][3]:
        sys.exit(f"{path}: the tables are not the end of a segment")
    at, offset, _, _, _ = holding[0]
    struct.pack_into("<QQ", data, at + 0x20, start - offset, start - offset)

    page = max(align for _, _, _, _, align in loads)
    cut = (end - start) // page * page
    for index in range(headers):
        at = header_at + index * header_size
        (offset,) = struct.unpack_from("<Q", data, at + 8)
        if offset >= end:
            struct.pack_into("<Q", data, at + 8, offset - cut)
    # Nobody reads the list of sections of a stripped program, and it would name what is gone.
    struct.pack_into("<Q", data, 0x28, 0)
    struct.pack_into("<3H", data, 0x3A, section_size, 0, 0)
    last = max(offset + size for _, offset, size, _, _ in loads)
    with open(path, "wb") as out:
        out.write(data[:start] + data[start + cut : last])


main(sys.argv[1])
