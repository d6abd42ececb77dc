"""Changes of archives: a member is changed, and the archive written again with its headers right; or headers alone."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from random import Random

from fuzz import values
from fuzz.byte_changes import change_bytes
from fuzz.text_changes import change_json, change_lines, change_markup, change_rows, change_yaml

NO_TIME = (1980, 1, 1, 0, 0, 0)
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
STRANGE_NAMES = (
    "../../x.csv",
    "/etc/x.csv",
    "C:\\x.csv",
    "a\x00b.csv",
    "x/" * 200 + "a.csv",
    "\u202ea.csv",
    "",
    "/",
    ".csv",
    "a.csv:b",
    "x" * 5000 + ".csv",
    "xl/workbook.xml",
    "project.qde",
)
BOMB_BYTES = 30_000_000
ContentChange = Callable[[bytes, Random], bytes]
BY_ENDING: Mapping[str, ContentChange] = {
    ".xml": change_markup,
    ".rels": change_markup,
    ".qde": change_markup,
    ".qdc": change_markup,
    ".html": change_markup,
    ".csv": change_rows,
    ".json": change_json,
    ".yaml": change_yaml,
    ".txt": change_lines,
}


def read_members(data: bytes) -> dict[str, bytes]:
    """The members of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_members(members: Mapping[str, bytes], *, packed: bool = True) -> bytes:
    """An archive that depends on its members alone."""
    out = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, NO_TIME), content, kind)
    return out.getvalue()


def change_content(name: str, content: bytes, chance: Random) -> bytes:
    """A member's content changed as its ending asks for; else its bytes."""
    ending = "." + name.rsplit(".", 1)[-1].lower()
    change = BY_ENDING.get(ending)
    if change is None or chance.random() < 0.15:
        return change_bytes(content, chance)
    try:
        return change(content, chance)
    except (ValueError, LookupError, TypeError):  # changed before: no such document any more
        return change_bytes(content, chance)


def change_member(data: bytes, chance: Random) -> bytes:
    """One member is changed inside, and everything around it is right."""
    members = read_members(data)
    if not members:
        return data
    name = chance.choice(list(members))
    members[name] = change_content(name, members[name], chance)
    return write_members(members)


def change_names(data: bytes, chance: Random) -> bytes:
    """A member is missing, has another name, or the content of another one; or there is one more."""
    members = read_members(data)
    if not members:
        return data
    name = chance.choice(list(members))
    kind = chance.randrange(5)
    if kind == 0:
        del members[name]
    elif kind == 1:
        members[chance.choice(STRANGE_NAMES)] = members.pop(name)
    elif kind == 2:
        members[chance.choice(list(members))] = members[name]
    elif kind == 3:
        members[chance.choice(STRANGE_NAMES)] = values.text(chance).encode("utf-8", "replace")
    else:
        members[name] = b""
    return write_members(members)


def add_bomb(data: bytes, chance: Random) -> bytes:
    """A member that unpacks to much more than it is, in the place of another."""
    members = read_members(data)
    if not members:
        return data
    name = chance.choice(list(members))
    filler = chance.choice((b"\x00", b" ", b"a,", b"<a>"))
    content = members[name]
    half = len(content) // 2
    members[name] = content[:half] + filler * (BOMB_BYTES // len(filler)) + content[half:]
    return write_members(members)


def change_headers(data: bytes, chance: Random) -> bytes:
    """A number in a header of a member is another one: its size, flags, method, checksum or place."""
    marker = chance.choice((LOCAL, CENTRAL, CENTRAL, END))
    places = _places_of(data, marker)
    if not places:
        return change_bytes(data, chance)
    place = chance.choice(places) + 4 + 2 * chance.randrange(20)
    if place + 4 > len(data):
        return data
    size = chance.choice((2, 4))
    number = chance.choice((0, 1, 8, 12, 93, 99, 255, 65535, 2**31, 2**32 - 1)) % 256**size
    return data[:place] + number.to_bytes(size, "little") + data[place + size :]


def damage_packed(data: bytes, chance: Random) -> bytes:
    """A byte of a member's packed data is another one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if entry.compress_size > 4]
    if not entries:
        return data
    entry = chance.choice(entries)
    name_and_extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
    start = entry.header_offset + 30 + sum(name_and_extra)
    place = start + chance.randrange(entry.compress_size)
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def unreal_size(data: bytes, chance: Random) -> bytes:
    """A member says that it is smaller or larger than it is, with a right checksum."""
    members = read_members(data)
    sizes = [zlib.crc32(content) for content in members.values()]
    if not sizes:
        return data
    places = _places_of(data, CENTRAL)
    place = chance.choice(places) + 24
    claimed = chance.choice((0, 1, 10, 10**6, 2**31 - 1, 2**32 - 2))
    return data[:place] + claimed.to_bytes(4, "little") + data[place + 4 :]


def _places_of(data: bytes, marker: bytes) -> list[int]:
    places, place = [], data.find(marker)
    while place >= 0:
        places.append(place)
        place = data.find(marker, place + 1)
    return places


ZIP_CHANGES = (
    change_member,
    change_member,
    change_member,
    change_member,
    change_names,
    change_headers,
    damage_packed,
    unreal_size,
)
RARE_ZIP_CHANGES = (add_bomb,)
