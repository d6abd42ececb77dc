"""`quotes.yaml`: the analyst pins, drops and edits quotes; an edit changes nothing outside brackets."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from coder.errors import CoderError, did_you_mean
from coder.reporting.coded_matrix import Bools, CodedMatrix
from coder.reporting.figures import ELLIPSIS
from coder.reporting.quotes import Quote, with_ellipses
from coder.reporting.redaction import personal_details
from coder.text import Span

EDIT = re.compile(r"\[[^\[\]]*\]|…|\.\.\.")
MOST_REPLACED = 200  # characters of the comment that one bracket may stand for


class Pinned(BaseModel):
    """A quote that the analyst chose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: str
    position: str = ""
    comment: str
    quote: str = ""  # empty: the whole comment


class QuoteChoices(BaseModel):
    """What `quotes.yaml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pin: tuple[Pinned, ...] = ()
    drop: tuple[str, ...] = Field(default=(), description="ids of comments that are not quoted")


def read_choices(path: Path) -> QuoteChoices:
    """The analyst's choices; none where there is no file. Raises `CoderError` with all faults."""
    if not path.is_file():
        return QuoteChoices()
    try:
        tree: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8-sig")) or {}
        return QuoteChoices.model_validate(tree)
    except (YAMLError, UnicodeDecodeError) as error:
        raise CoderError(f"{path}: {str(error).splitlines()[0]}", "Correct the file.") from error
    except ValidationError as error:
        faults = "\n".join(
            f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg'].replace('valid tuple', 'list, such as [c1, c2]')}"
            for e in error.errors()
        )
        raise CoderError(
            faults, "It holds `pin:` (theme, position, comment, quote) and `drop:` (comment ids)."
        ) from error


def pinned_quotes(choices: QuoteChoices, counted: CodedMatrix, declined: Bools) -> list[Quote]:
    """The pinned quotes, each checked against its comment.

    Raises:
        CoderError: all faults at once: a comment that is not analysed, declined publication or does not carry
            the theme; words outside brackets that the comment does not have.
    """
    at_of = {str(comment_id): at for at, comment_id in enumerate(counted.comments["comment_id"])}
    quotes, faults, seen = [], [], set()
    for number, pin in enumerate(choices.pin, start=1):
        where = f"quotes.yaml: pin {number} ({pin.comment})"
        at = at_of.get(pin.comment)
        row = counted.row_number.get((pin.theme, pin.position))
        if row is None:
            keys = ["=".join(filter(None, key)) for key in counted.row_number]
            faults.append(
                f"{where}: no such theme or position. {did_you_mean('='.join(filter(None, (pin.theme, pin.position))), keys)}"
            )
        elif at is None:
            faults.append(f"{where}: is no analysed comment, and only those are quoted")
        elif declined[at]:
            faults.append(f"{where}: its author declined publication")
        elif not counted.carries[at, row]:
            faults.append(
                f"{where}: does not carry {'='.join(filter(None, (pin.theme, pin.position)))}"
            )
        elif pin.comment in seen:
            faults.append(f"{where}: is pinned twice; a comment is quoted once")
        else:
            seen.add(pin.comment)
            text = str(counted.comments["text"].iat[at])
            said = pin.quote.strip() or text.strip()
            span = place_of(said, text)
            if span is None:
                faults.append(f"{where}: {_departs(said, text)}")
                continue
            source = str(counted.comments["source"].iat[at])
            edited = said != text[span.start : span.end]
            shown = _with_ends(said, text, span)
            quotes.append(
                Quote(pin.theme, pin.position, 0, shown, source, pin.comment, *span, False, edited)
            )
    if faults:
        raise CoderError(
            "\n".join(faults),
            "Outside [brackets] and ellipses (…) a quote is an exact part of its comment. Correct quotes.yaml.",
        )
    return quotes


def dropped(choices: QuoteChoices, comments: pd.DataFrame) -> Bools:
    """(n_comments,) comments that the analyst does not want quoted. Raises `CoderError` for an unknown id."""
    known = set(comments["comment_id"].astype(str))
    wrong = [comment_id for comment_id in choices.drop if comment_id not in known]
    if wrong:
        raise CoderError(
            f"quotes.yaml: drop: no analysed comment {', '.join(wrong)}",
            did_you_mean(wrong[0], sorted(known)),
        )
    return comments["comment_id"].astype(str).isin(list(choices.drop)).to_numpy(dtype=bool)


def _with_ends(said: str, text: str, span: Span) -> str:
    """The quote with an ellipsis where words before or after it are left out, unless an edit stands there."""
    shown = with_ellipses(said, text, span)
    if EDIT.match(said):
        shown = shown.removeprefix(f"{ELLIPSIS} ")
    return shown.removesuffix(f" {ELLIPSIS}") if re.search(rf"(?:{EDIT.pattern})$", said) else shown


def place_of(said: str, text: str) -> Span | None:
    """Where in the comment an edited quote stands: None unless all outside brackets and ellipses is in it."""
    match = re.search(_pattern(said), text, re.DOTALL)
    return Span(*match.span()) if match and match.group().strip() else None


def _pattern(said: str) -> str:
    """A pattern of the quote: literal words, any white space, brackets for a few characters, ellipses for any.

    Only a bracket stands within a word: “able” is no part of “unable”.
    """
    parts, end, whole = [], 0, True
    for edit in EDIT.finditer(said):
        bracket = edit.group().startswith("[")
        parts.append(_literal(said[end : edit.start()], begins=whole, ends=not bracket))
        parts.append(rf".{{0,{MOST_REPLACED}}}?" if bracket else ".*?")
        end, whole = edit.end(), not bracket
    return "".join([*parts, _literal(said[end:], begins=whole, ends=True)])


def _literal(words: str, *, begins: bool, ends: bool) -> str:
    """Words with any white space between them; at the ends, next to an edit, there may be none.

    Where it `begins` or `ends` a run of whole words, the comment has no letter right before or after it.
    """
    inner = r"\s+".join(re.escape(word) for word in words.split())
    if not inner:
        return r"\s*" if words else ""
    inner = (r"(?<!\w)" if begins and words.lstrip()[0].isalnum() else "") + inner
    inner += r"(?!\w)" if ends and words.rstrip()[-1].isalnum() else ""
    return (r"\s*" if words[0].isspace() else "") + inner + (r"\s*" if words[-1].isspace() else "")


def _departs(said: str, text: str) -> str:
    """Where an edited quote leaves its comment, for the error."""
    ends = [match.end() for match in re.finditer(r"\S+", said)]
    good = 0
    for end in ends:
        if re.search(_pattern(said[:end]), text, re.DOTALL) is None:
            break
        good = end
    return f"not in the comment from “{said[good:].strip()[:60]}” on"


def edit_log(quotes: Sequence[Quote], texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Each edited quote beside the exact part of the comment that it was made from."""
    return [
        {
            "comment_id": q.comment_id,
            "stored": texts[q.comment_id][q.start : q.end],
            "published": q.quote,
        }
        for q in quotes
        if q.edited
    ]


def left_open(quotes: Sequence[Quote]) -> list[str]:
    """Ids of pinned quotes in which personal details still show."""
    return [q.comment_id for q in quotes if personal_details(q.quote)]
