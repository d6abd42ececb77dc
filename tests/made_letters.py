"""Letters made for the tests: documents written byte by byte to their published descriptions."""

import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

PAGE_WIDTH, PAGE_HEIGHT = 595, 842
LEFT, TOP, BOTTOM, SIZE, LEADING = 72, 770, 72, 11, 14
CHARACTERS_A_LINE = 82


# ---------------------------------------------------------------- PDF


class PdfMaker:
    """A PDF of text lines, as a printer driver writes it; no font is embedded."""

    def __init__(self, **properties: str) -> None:
        self.objects: list[bytes] = []
        self._pages: list[int] = []
        self._properties = properties
        self._tree = self.add(b"")
        self._font = self.add(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
        )
        self.trailer = b""
        self.catalog = b""

    def add(self, content: bytes) -> int:
        """Add an object; returns its number."""
        self.objects.append(content)
        return len(self.objects)

    def stream(self, content: bytes, head: bytes = b"") -> int:
        """Add a stream; returns its number."""
        packed = zlib.compress(content)
        return self.add(
            b"<< /Filter /FlateDecode /Length %d %s >>\nstream\n%s\nendstream"
            % (len(packed), head, packed)
        )

    def page(
        self,
        lines: Sequence[tuple[float, float, str]],
        extra: bytes = b"",
        resources: bytes = b"",
        annotations: bytes = b"",
        size: tuple[int, int] = (PAGE_WIDTH, PAGE_HEIGHT),
    ) -> int:
        """Add a page of lines, each with its place from the left and the bottom in points."""
        words = b"".join(
            b"BT /F1 %d Tf %.1f %.1f Td (%s) Tj ET\n" % (SIZE, x, y, _escaped(text))
            for x, y, text in lines
        )
        content = self.stream(extra + words)
        number = self.add(
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R /Resources << /Font << /F1 %d 0 R >> %s >> %s >>"
            % (self._tree, *size, content, self._font, resources, annotations)
        )
        self._pages.append(number)
        return number

    def bytes(self) -> bytes:
        """The file."""
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        self.objects[self._tree - 1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (
            kids,
            len(self._pages),
        )
        root = self.add(b"<< /Type /Catalog /Pages %d 0 R %s >>" % (self._tree, self.catalog))
        items = b" ".join(
            b"/%s (%s)" % (name.encode(), _escaped(text)) for name, text in self._properties.items()
        )
        info = self.add(b"<< %s >>" % items)
        out = b"%PDF-1.5\n"
        places = []
        for number, content in enumerate(self.objects, start=1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
            len(places) + 1, root, info, self.trailer, start,
        )  # fmt: skip
        return out


def _escaped(text: str) -> bytes:
    raw = text.encode("cp1252")
    return raw.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def wrapped(paragraph: str, width: int = CHARACTERS_A_LINE) -> list[str]:
    """A paragraph in lines, as a word processor breaks it."""
    lines, line = [], ""
    for word in paragraph.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def set_page(paragraphs: Sequence[str], top: float = TOP) -> list[tuple[float, float, str]]:
    """Lines of a page with their places, a blank line between paragraphs."""
    placed, y = [], top
    for paragraph in paragraphs:
        for line in wrapped(paragraph):
            placed.append((LEFT, y, line))
            y -= LEADING
        y -= LEADING
    return placed


def make_pdf(
    pages: Sequence[Sequence[str]], header: str = "", footer: str = "", **properties: str
) -> bytes:
    """A letter of pages of paragraphs, with a header and a footer (`{page}` in it) on each."""
    maker = PdfMaker(**properties)
    for number, paragraphs in enumerate(pages, start=1):
        lines = set_page(paragraphs)
        if header:
            lines.insert(0, (LEFT, 805, header))
        if footer:
            lines.append((LEFT, 40, footer.format(page=number, pages=len(pages))))
        maker.page(lines)
    return maker.bytes()


def add_scan(maker: PdfMaker, picture: bytes, width: int, height: int, stamp: str = "") -> None:
    """A page that is a grey picture, with a stamp over it."""
    image = maker.stream(
        picture,
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
        % (width, height),
    )
    lines = [(400.0, 800.0, stamp)] if stamp else []
    maker.page(
        lines,
        extra=b"q %d 0 0 %d 0 0 cm /I1 Do Q\n" % (PAGE_WIDTH, PAGE_HEIGHT),
        resources=b"/XObject << /I1 %d 0 R >>" % image,
    )


def picture_of(page: bytes, scale: float = 3.0) -> tuple[bytes, int, int]:
    """A PDF's first page as a grey picture, its width and height."""
    import pypdfium2

    document = pypdfium2.PdfDocument(page)
    bitmap = document[0].render(scale=scale, grayscale=True)
    return bitmap.to_numpy().tobytes(), bitmap.width, bitmap.height


# ---------------------------------------------------------------- ODT


def make_odt(body: str, styles: str = "", meta: str = "") -> bytes:
    """An OpenDocument text around the XML of its body, its master styles and its properties."""
    import io

    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"),
                            ("draw", "drawing"), ("meta", "meta"))
    )  # fmt: skip
    names += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
        archive.writestr(
            "styles.xml",
            f"<office:document-styles {names}><office:master-styles><style:master-page>{styles}</style:master-page></office:master-styles></office:document-styles>",
        )
        archive.writestr(
            "meta.xml",
            f"<office:document-meta {names}><office:meta>{meta}</office:meta></office:document-meta>",
        )
    return out.getvalue()


# ---------------------------------------------------------------- MSG

SECTOR, SMALL = 512, 64
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
UNICODE, BINARY, LONG, TIME = 0x1F, 0x102, 0x3, 0x40


def make_msg(
    text: dict[int, str],
    binary: dict[int, bytes] | None = None,
    attachments: Sequence[tuple[str, bytes]] = (),
    sent: int = 0,
) -> bytes:
    """A mail as Outlook saves it (MS-OXMSG): properties by number, and attached files.

    Args:
        sent: when it was sent, in 100 ns since 1601; 0 for not.
    """
    streams = _streams_of(
        text,
        binary or {},
        b"\0" * 8 + struct.pack("<IIII", 0, 0, 0, len(attachments)) + b"\0" * 8,
        sent,
    )
    tree: dict[str, object] = dict(streams)
    for number, (name, data) in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = _streams_of(
            {0x3707: name, 0x3704: name}, {0x3701: data}, b"\0" * 8, 0, {0x3705: 1}
        )
    tree["__nameid_version1.0"] = {}
    return _compound(tree)


def _streams_of(
    text: dict[int, str],
    binary: dict[int, bytes],
    head: bytes,
    sent: int,
    numbers: dict[int, int] | None = None,
) -> dict[str, bytes]:
    streams = {}
    rows = head
    values = [(number, UNICODE, value.encode("utf-16-le")) for number, value in text.items()]
    values += [(number, BINARY, value) for number, value in binary.items()]
    for number, kind, value in values:
        streams[f"__substg1.0_{number:04X}{kind:04X}"] = value
        size = len(value) + (2 if kind == UNICODE else 0)
        rows += struct.pack("<HHIII", kind, number, 6, size, 0)
    for number, value in (numbers or {}).items():
        rows += struct.pack("<HHIiI", LONG, number, 6, value, 0)
    if sent:
        rows += struct.pack("<HHIQ", TIME, 0x0039, 6, sent)
    streams["__properties_version1.0"] = rows
    return streams


def _compound(tree: dict[str, object]) -> bytes:
    """A compound file (MS-CFB, version 3) of streams and folders of streams."""
    entries: list[list] = [["Root Entry", 5, FREE, FREE, FREE, END, 0]]
    contents: dict[int, bytes] = {}
    _add_entries(tree, 0, entries, contents)
    small, small_fat, big = b"", [], {}
    for number, data in contents.items():
        entries[number][6] = len(data)
        if len(data) >= 4096:
            big[number] = data
        elif data:
            entries[number][5] = len(small_fat)
            sectors = -(-len(data) // SMALL)
            small_fat += [len(small_fat) + step + 1 for step in range(sectors - 1)] + [END]
            small += data.ljust(sectors * SMALL, b"\0")
    entries[0][5], entries[0][6] = (END, 0)
    body, fat = b"", []

    def place(data: bytes) -> int:
        nonlocal body
        if not data:
            return END
        start, sectors = len(fat), -(-len(data) // SECTOR)
        fat.extend([start + step + 1 for step in range(sectors - 1)] + [END])
        body += data.ljust(sectors * SECTOR, b"\0")
        return start

    for number, data in big.items():
        entries[number][5] = place(data)
    entries[0][5], entries[0][6] = place(small), len(small)
    small_table = struct.pack(f"<{len(small_fat)}I", *small_fat)
    small_table = small_table.ljust(-(-len(small_table) // SECTOR) * SECTOR, b"\xff")
    small_start = place(small_table)
    directory = place(
        b"".join(_entry(*entry) for entry in entries).ljust(-(-len(entries) // 4) * SECTOR, b"\0")
    )
    fats = 1
    while fats * 128 < len(fat) + fats:
        fats += 1
    first_fat = len(fat)
    table = struct.pack(f"<{len(fat)}I", *fat) + struct.pack("<I", FAT) * fats
    table = table.ljust(fats * SECTOR, b"\xff")
    difat = [first_fat + step for step in range(fats)] + [FREE] * (109 - fats)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fats, directory, 0, 4096,
                        small_start, len(small_table) // SECTOR, END, 0, difat[0])  # fmt: skip
    head += struct.pack("<108I", *difat[1:])
    return head + body + table


def _add_entries(
    tree: dict[str, object], parent: int, entries: list[list], contents: dict[int, bytes]
) -> None:
    """Add a folder's children as a chain of right siblings, in the order that readers expect."""
    names = sorted(tree, key=lambda name: (len(name), name.upper()))
    numbers = []
    for name in names:
        numbers.append(len(entries))
        entries.append([name, 2 if isinstance(tree[name], bytes) else 1, FREE, FREE, FREE, END, 0])
    for number, following in zip(numbers, [*numbers[1:], FREE], strict=False):
        entries[number][3] = following
    if numbers:
        entries[parent][4] = numbers[0]
    for name, number in zip(names, numbers, strict=True):
        content = tree[name]
        if isinstance(content, bytes):
            contents[number] = content
        else:
            _add_entries(content, number, entries, contents)  # type: ignore[arg-type]


def _entry(name: str, kind: int, left: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    return raw.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIQ", len(raw) + 2, kind, 1, left, right, child, start, size
    )


# ---------------------------------------------------------------- folders


def write_all(folder: Path, files: dict[str, bytes]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
