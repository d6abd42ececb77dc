"""RTF: its visible paragraphs; headers, footers and footnotes marked; fields as they show."""

import re
from dataclasses import dataclass, field, replace

from coder.reading.letters.names import named_once
from coder.reading.letters.pieces import (
    BODY,
    FOOTER,
    HEADER,
    Letter,
    LetterError,
    Piece,
    plain_characters,
)

TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)",
    re.DOTALL,
)
# Groups whose text is none of the letter's.
SKIPPED = named_once(
    "annotation atnauthor atnid atrfend atrfstart author bkmkend bkmkstart blipuid buptim "
    "category colorschememapping colortbl comment company creatim datafield datastore doccomm "
    "docvar do fchars filetbl fldinst fontemb fontfile fonttbl formfield ftncn ftnsep ftnsepc "
    "generator htmltag info keywords latentstyles lchars levelnumbers leveltext listname "
    "listoverridetable listtable manager mhtmltag mmath nonesttables objclass objdata objname "
    "operator password passwordhash pgptbl pict printim pntext pntxta pntxtb private revtbl "
    "revtim rsidtbl rxe shpinst sn sp stylesheet subject sv tc themedata title txe userprops "
    "wgrffmtfilter windowcaption xe xmlattr xmlclose xmlname xmlnstbl xmlopen"
)
NOTE = "note"
# Groups of other parts of the document than its body.
PARTS = {
    "header": HEADER,
    "headerl": HEADER,
    "headerr": HEADER,
    "headerf": HEADER,
    "footer": FOOTER,
    "footerl": FOOTER,
    "footerr": FOOTER,
    "footerf": FOOTER,
    "footnote": NOTE,
}
PARAGRAPH_ENDS = frozenset(("par", "sect", "page", "row", "pard_row"))
CHARACTERS = {
    "tab": "\t",
    "line": "\n",
    "cell": " | ",
    "nestcell": " | ",
    "emdash": "—",
    "endash": "–",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
}
SYMBOLS = {b"~": "\xa0", b"_": "‑", b"{": "{", b"}": "}", b"\\": "\\"}
# Windows' numbers of character sets, as fonts name them, and their encodings.
CHARACTER_SETS = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "cp936",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
DEEPEST = 1_000  # groups within each other


@dataclass(frozen=True)
class _State:
    """What holds within a group."""

    skipped: bool = False
    hidden: bool = False
    part: str = BODY
    note: bool = False
    font: int = -1
    after_unicode: int = 1  # characters that stand in for a Unicode one


@dataclass
class _Texts:
    """The text collected so far, of one part of the document."""

    paragraphs: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def end_paragraph(self) -> None:
        # A character beyond the first 65,536, such as an emoji, is written as two.
        units = "".join(self.words).encode("utf-16-le", "surrogatepass")
        self.paragraphs.append(units.decode("utf-16-le", "replace"))
        self.words.clear()


def read_rtf(data: bytes) -> Letter:
    """Read an RTF document.

    Raises:
        LetterError: it is not RTF, or cut off in the middle.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise LetterError("is not RTF")
    reader = _Reader()
    reader.read(data)
    return Letter(pieces=tuple(reader.pieces()))


class _Reader:
    """Reads the words and groups of a document one after the other."""

    def __init__(self) -> None:
        self._state = _State()
        self._outer: list[_State] = []
        self._texts: dict[str, _Texts] = {}
        self._encoding = "cp1252"
        self._font_encodings: dict[int, str] = {}
        self._font_of_table = -1
        self._in_font_table = 0  # depth at which the table of fonts began
        self._bytes = b""  # of characters of more than one byte
        self._to_skip = 0  # characters that stand in for a Unicode one
        self._is_optional = False  # after \*

    def read(self, data: bytes) -> None:
        """Read the whole document."""
        place = 0
        while place < len(data):
            match = TOKEN.match(data, place)
            if match is None:
                place += 1
                continue
            place = match.end()
            word, number, byte, symbol, brace, text = match.groups()
            if word:
                place = self._read_word(place, word.decode("ascii"), number)
            elif byte:
                self._add_bytes(bytes.fromhex(byte.decode("ascii")))
            elif symbol:
                self._read_symbol(symbol)
            elif brace:
                self._read_brace(brace)
            elif text:
                self._add_bytes(text)
        if self._outer:
            raise LetterError("is damaged (it is cut off in the middle)")
        self._end_bytes()

    def pieces(self) -> list[Piece]:
        """Header, body and footnotes, footer; paragraphs of the body are numbered."""
        pieces: list[Piece] = []
        number = 0
        for part in (HEADER, BODY, NOTE, FOOTER):
            texts = self._texts.get(part)
            if texts is None:
                continue
            texts.end_paragraph()
            for place, paragraph in enumerate(texts.paragraphs, start=1):
                text = plain_characters(paragraph).strip().strip("|").strip()
                if not text:
                    continue
                if part == BODY:
                    number += 1
                    pieces.append(Piece(text, f"paragraph {number}"))
                elif part == NOTE:
                    pieces.append(Piece(text, f"footnote {place}"))
                else:
                    pieces.append(Piece(text, part, part))
        return pieces

    # -------------------------------------------------------- groups and words

    def _read_brace(self, brace: bytes) -> None:
        self._end_bytes()
        self._is_optional = False
        self._to_skip = 0
        if brace == b"{":
            if len(self._outer) >= DEEPEST:
                raise LetterError("is damaged (too many groups within each other)")
            self._outer.append(self._state)
        elif self._outer:
            if self._state.note and not self._outer[-1].note:
                self._texts_of(NOTE).end_paragraph()
            self._state = self._outer.pop()
            if len(self._outer) < self._in_font_table:
                self._in_font_table = 0

    def _read_symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._is_optional = True
        elif symbol in (b"\r", b"\n"):
            self._end_paragraph()
        elif symbol in SYMBOLS:
            self._add(SYMBOLS[symbol])

    def _read_word(self, place: int, word: str, digits: bytes | None) -> int:
        """Do what a control word before `place` says; returns where to read on."""
        number = None if digits is None else int(digits)
        is_optional, self._is_optional = self._is_optional, False
        if word == "bin":
            return place + max(0, number or 0)
        if word == "u" and number is not None:
            self._add_unicode(number)
            return place
        self._end_bytes()
        if word in CHARACTERS:
            self._add(CHARACTERS[word])
        elif word in PARAGRAPH_ENDS:
            self._end_paragraph()
        elif word in SKIPPED or is_optional:
            self._skip_group(word)
        else:
            self._set(word, number)
        return place

    def _skip_group(self, word: str) -> None:
        if word == "fonttbl":
            self._in_font_table = len(self._outer)
        # Text boxes are in a group that old readers pass over.
        if word not in ("shptxt", "footnote", "fldrslt"):
            self._state = replace(self._state, skipped=True)

    def _set(self, word: str, number: int | None) -> None:
        state = self._state
        if word in ("v", "deleted"):
            state = replace(state, hidden=number != 0)
        elif word == "plain":
            state = replace(state, hidden=False)
        elif word == "uc":
            state = replace(state, after_unicode=max(0, number or 0))
        elif word in PARTS:
            state = replace(state, part=PARTS[word], note=word == "footnote")
        elif word == "shptxt":
            state = replace(state, skipped=False)
        elif word in ("ansicpg", "mac"):
            self._encoding = _known_encoding(f"cp{number}", "mac_roman")
        elif word in ("f", "fcharset"):
            state = self._set_font(word, number or 0)
        self._state = state

    def _set_font(self, word: str, number: int) -> _State:
        if not self._in_font_table:
            return replace(self._state, font=number)
        if word == "f":
            self._font_of_table = number
        elif number in CHARACTER_SETS and number:
            self._font_encodings[self._font_of_table] = CHARACTER_SETS[number]
        return self._state

    # -------------------------------------------------------- characters

    def _texts_of(self, part: str) -> _Texts:
        return self._texts.setdefault(part, _Texts())

    def _add(self, text: str) -> None:
        if not self._state.skipped and not self._state.hidden:
            self._texts_of(self._state.part).words.append(text)

    def _end_paragraph(self) -> None:
        self._end_bytes()
        if not self._state.skipped and not self._state.note:
            self._texts_of(self._state.part).end_paragraph()

    def _add_unicode(self, number: int) -> None:
        self._end_bytes()
        code = number % 0x10000
        self._add(chr(code))
        self._to_skip = self._state.after_unicode

    def _add_bytes(self, data: bytes) -> None:
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        self._bytes += data[skipped:]

    def _end_bytes(self) -> None:
        if self._bytes:
            encoding = self._font_encodings.get(self._state.font, self._encoding)
            self._add(self._bytes.decode(encoding, "replace"))
            self._bytes = b""


def _known_encoding(name: str, otherwise: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        return otherwise
    return name
