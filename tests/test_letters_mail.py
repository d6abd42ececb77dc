"""Mails and mailboxes: what their sender wrote, what they quote, whose they are when forwarded."""

import base64
from email.message import EmailMessage
from pathlib import Path

import pytest

from coder.reading.letters.kinds import read_document
from coder.reading.letters.mail import address_of, date_of, header_text, message_id
from coder.reading.letters.mailbox import messages_of
from coder.reading.letters.pieces import Letter
from coder.reading.letters.plain import pieces_of_plain
from coder.reading.letters.replies import mark_signature
from made_letters import make_pdf
from test_letters_formats import BUS, PARK, parts_of

HEAD = "From: Ann Smith <Ann@Example.org>\nTo: team@example.org\nSubject: Bus lanes\nDate: Sat, 14 Mar 2026 23:30:00 -0500\n"


def read_mail(body: str, head: str = HEAD) -> Letter:
    return read_document("a.eml", f"{head}\n{body}".encode())


def own_text(letter: Letter) -> str:
    texts = [text for _, part, text in parts_of(letter) if part == "body"]
    return "\n".join(texts).replace("\n\n", "\n")


# ---------------------------------------------------------------- replies and signatures


@pytest.mark.parametrize(
    ("text", "own", "quoted"),
    [
        ("Keep it.\n\nOn Fri, 13 Mar 2026 at 10:00, Team <t@example.org> wrote:\n> Which\n> lanes?", "Keep it.", "lanes?"),
        ("Keep it.\n\nOn Friday 13 March 2026 at 10:00:12 AM, the Consultation Team\n<t@example.org> wrote:\n\n> Which?", "Keep it.", "Which?"),
        ("Keep it.\n\n-----Original Message-----\nFrom: Team\nSent: Friday\nWhich lanes?", "Keep it.", "Which lanes?"),
        ("Keep it.\n\n________________________________\nFrom: Team <t@example.org>\nSent: 13 March 2026 10:00\nTo: Ann\nSubject: Lanes\n\nWhich?", "Keep it.", "Which?"),
        ("> Which lanes?\nElm Road.\n> And parks?\nNone.", "Elm Road.\n\nNone.", "And parks?"),
        ("On Monday I wrote:\nnothing much about 3 buses, and that was all.", "On Monday I wrote:\nnothing much about 3 buses, and that was all.", ""),
        ("On 3 March we met the mayor, who wrote:\n\nIt stays.\n\nI disagree.", "On 3 March we met the mayor, who wrote:\n\nIt stays.\n\nI disagree.", ""),
        ("On 3 March, Team wrote:\n\n> It stays.\n\nI disagree.", "I disagree.", "It stays."),
        ("Keep it.\n\nOn 13/03/2026 10:00, Team wrote:\n\nWhich lanes?", "Keep it.", "Which lanes?"),
        ("From the outset I was against it.\nTo: nobody.", "From the outset I was against it.\nTo: nobody.", ""),
    ],
)  # fmt: skip
def test_what_is_quoted_is_told_apart(text: str, own: str, quoted: str) -> None:
    pieces = pieces_of_plain(text)
    assert "\n\n".join(piece.text for piece in pieces if piece.part == "body") == own
    of_others = "\n".join(piece.text for piece in pieces if piece.part == "quoted")
    assert quoted in of_others
    assert bool(of_others) == bool(quoted)


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        (f"{BUS}\n\nKind regards,\nAnn Smith\n12 Elm Road", "Kind regards,\nAnn Smith\n12 Elm Road"),
        (f"{BUS}\n\n-- \nAnn Smith\nChair", "--\nAnn Smith\nChair"),
        (f"{BUS}\n\nSent from my iPhone", "Sent from my iPhone"),
        (f"{BUS}\nThanks!\nAnn", "Thanks!\nAnn"),
        ("Hello,\nThank you\nMore police please.\nLess noise at night.", ""),
        (f"{BUS}\nThanks\nAnn\nP.S. Lights are broken too.", "Thanks\nAnn"),
        (f"{BUS}\n\nYours faithfully\n\nAnn\n\nThis email is confidential and intended only for the addressee, and so on and on.",
         "Yours faithfully\nAnn\nThis email is confidential and intended only for the addressee, and so on and on."),
        (f"Thank you.\n\n{BUS}", ""),
        (f"{BUS}\n\nBest wishes\nAnn\n\nP.S. {PARK}", "Best wishes\nAnn"),
        ("Thanks", ""),
    ],
)  # fmt: skip
def test_signatures_are_marked_and_postscripts_are_not(text: str, signature: str) -> None:
    pieces = mark_signature(pieces_of_plain(text))
    assert "\n".join(piece.text for piece in pieces if piece.part == "signature") == signature


# ---------------------------------------------------------------- headers and bodies


def test_sender_date_and_subject_are_the_mails() -> None:
    head = (
        "From: =?iso-8859-1?Q?Ren=E9e?= =?utf-8?B?IMWgw6E=?= <R@Example.org>\nSubject: =?utf-8?Q?Caf=C3=A9?=\n =?utf-8?Q?_lanes?=\n"
        "Date: Sat, 14 Mar 2026 23:30:00 -0500\n"
    )
    letter = read_mail("Keep it.", head)
    assert letter.sender == "Renée Šá <R@Example.org>"
    assert (letter.address, letter.subject) == ("r@example.org", "Café lanes")
    assert letter.date == "2026-03-14", "the day where it was sent"


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("Smith, Ann <Ann@Example.org>", "ann@example.org"),
        ("=?iso-8859-1?Q?M=FCller=2C_J=F6rg?= <jm@example.org>", "jm@example.org"),
        ("Ann Smith [mailto:ann@example.org]", "ann@example.org"),
        ("'bob@home.org' via Park <ann@example.org>", "ann@example.org"),
        ("ann@example.org (Ann)", "ann@example.org"),
        ("Pat O'Neill <o'neill@example.org>", "o'neill@example.org"),
        ("'ann@example.org'", "ann@example.org"),
        ("Ann Smith", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_sender_is_never_a_name(sender: str, address: str) -> None:
    assert address_of(header_text(sender)) == address


@pytest.mark.parametrize(
    "value", ["=?utf-8?B?not base64?=", "=?nowhere?Q?x?=", "Ann\x00", "=?utf-8?Q?=FF?="]
)
def test_faulty_headers_are_shown_as_they_are(value: str) -> None:
    assert header_text(value)


def test_a_faulty_date_is_none() -> None:
    assert [date_of(text) for text in ("", "yesterday", "Sat, 99 Foo 2026 00:00")] == ["", "", ""]


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("utf-8", "Café".encode()),
        ("iso-8859-1", "Café – “x”".encode("cp1252")),
        ("us-ascii", "Café".encode()),
        ("utf-8", "Café".encode("cp1252")),
        ("nowhere", "Café".encode()),
    ],
)
def test_bodies_with_the_wrong_charset_are_read(charset: str, raw: bytes) -> None:
    mail = f"From: a@example.org\nContent-Type: text/plain; charset={charset}\n\n".encode() + raw
    assert own_text(read_document("a.eml", mail)).startswith("Café")


def test_of_alternatives_the_plain_text_is_read_and_html_where_there_is_none() -> None:
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail.set_content(BUS)
    mail.add_alternative(f"<p>{BUS}</p>", subtype="html")
    assert own_text(read_document("a.eml", mail.as_bytes())) == BUS
    only_html = EmailMessage()
    only_html["From"] = "ann@example.org"
    only_html.set_content(
        f"<p>{BUS}</p><div class='gmail_quote'><div class='gmail_attr'>On Friday Team wrote:</div><p>Which?</p></div>",
        subtype="html",
    )
    letter = read_document("a.eml", only_html.as_bytes())
    assert own_text(letter) == BUS
    assert [part for _, part, _ in parts_of(letter)] == ["body", "quoted", "quoted"]


def test_a_reply_of_outlook_in_html_ends_where_the_other_mail_begins() -> None:
    page = (
        f"<p>{BUS}</p><div style='border:none;border-top:solid'><p><b>From:</b> Team &lt;t@example.org&gt;<br><b>Sent:</b> Friday<br>"
        "<b>To:</b> Ann<br><b>Subject:</b> Lanes</p></div><p>Which lanes?</p>"
    )
    mail = f"{HEAD}Content-Type: text/html\n\n{page}"
    assert own_text(read_document("a.eml", mail.encode())) == BUS


def test_attachments_belong_to_their_mail() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@example.org", "Our response"
    mail.set_content("Please find our response attached.")
    mail.add_attachment(
        make_pdf([[BUS], [PARK]]), maintype="application", subtype="pdf", filename="plan.pdf"
    )
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    mail.add_attachment(b"%PDF broken", maintype="application", subtype="pdf", filename="bad.pdf")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "bob@example.org", "Lights"
    inner.set_content(PARK)
    mail.add_attachment(inner)
    letter = read_document("a.eml", mail.as_bytes())
    assert [(place, text) for place, _, text in parts_of(letter)] == [
        ("paragraph 1", "Please find our response attached."),
        ("attachment plan.pdf, page 1", BUS),
        ("attachment plan.pdf, page 2", PARK),
        ("attachment Lights.eml, paragraph 1", PARK),
    ]
    assert letter.attached == ("logo.png",)
    assert len(letter.unread) == 1
    assert letter.unread[0].startswith("attachment bad.pdf is damaged")


def test_attachments_of_one_name_have_places_of_their_own() -> None:
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail.set_content("Two letters.")
    for text in (BUS, PARK):
        mail.add_attachment(text, filename="letter.txt")
    mail.add_attachment(b"x", maintype="text", subtype="plain", filename="other.txt")
    letter = read_document("a.eml", mail.as_bytes())
    assert [place for place, _, _ in parts_of(letter)] == [
        "paragraph 1",
        "attachment letter.txt, paragraph 1",
        "attachment letter.txt (2), paragraph 1",
        "attachment other.txt, paragraph 1",
    ]


@pytest.mark.parametrize("name", ["plan.pdf", "plan.txt"])
def test_an_attachment_without_content_is_named(name: str) -> None:
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail.set_content(BUS)
    mail.add_attachment(b"", maintype="application", subtype="pdf", filename=name)
    letter = read_document("a.eml", mail.as_bytes())
    assert letter.unread == (f"attachment {name} is empty",)


@pytest.mark.parametrize(
    ("name", "place"),
    [("Re: Park v2.1", "Re: Park v2.1.eml"), ("old.EML", "old.EML"), ("", "message.eml")],
)
def test_an_attached_mail_is_read_whatever_it_is_called(name: str, place: str) -> None:
    mail, inner = EmailMessage(), EmailMessage()
    mail["From"] = inner["From"] = "ann@example.org"
    mail.set_content(BUS)
    inner.set_content(PARK)
    mail.add_attachment(inner, filename=name or None)
    letter = read_document("a.eml", mail.as_bytes())
    assert parts_of(letter)[1:] == [(f"attachment {place}, paragraph 1", "body", PARK)]


def test_a_forwarded_letter_is_its_writers() -> None:
    body = (
        "For the log, please.\n\n---------- Forwarded message ---------\nFrom: Bob Jones <bob@example.org>\nDate: Thu, 12 Mar 2026 at 09:00\n"
        f"Subject: Lights\nTo: <team@example.org>\n\n{PARK}\n\n{BUS}"
    )
    letter = read_mail(body, HEAD.replace("Bus lanes", "Fwd: Lights"))
    assert (letter.sender, letter.date) == ("Bob Jones <bob@example.org>", "2026-03-12")
    assert own_text(letter) == f"For the log, please.\n{PARK}\n{BUS}"


def test_a_mail_without_words_says_what_its_subject_says() -> None:
    letter = read_mail("")
    assert parts_of(letter) == [("subject", "body", "Bus lanes")]


def test_a_mail_of_parts_within_parts_is_refused_at_once() -> None:
    lines = ["From: a@example.org"]
    for depth in range(3000):
        lines += [f'Content-Type: multipart/mixed; boundary="b{depth}"', "", f"--b{depth}"]
    with pytest.raises(Exception, match="parts within parts"):
        read_document("a.eml", "\n".join(lines).encode())


def test_damaged_base64_gives_what_can_be_read() -> None:
    encoded = base64.b64encode(BUS.encode()).decode()
    mail = f"From: a@example.org\nContent-Transfer-Encoding: base64\n\n{encoded[:40]}\n!!{encoded[40:]}"
    assert "43 bus reliable" in own_text(read_document("a.eml", mail.encode()))


# ---------------------------------------------------------------- mailboxes

BOX = """From ann@example.org Sat Mar 14 09:00:00 2026
Message-ID: <1@example.org>
From: ann@example.org

I have views.

From the outset I was against it.
>From here it goes on.

From MAILER-DAEMON Sat Mar 14 09:05:00 2026
From: bob@example.org

More lights.
"""


def test_a_mailbox_is_cut_at_its_messages_alone(tmp_path: Path) -> None:
    (tmp_path / "box.mbox").write_text(BOX)
    first, second = messages_of(tmp_path / "box.mbox")
    assert b"From the outset" in first
    assert b"\nFrom here" in first
    assert own_text(read_document("a.eml", second)) == "More lights."


def test_ids_of_messages_stay_when_others_go() -> None:
    with_id = b"Message-ID: <1@example.org>\nX: 1\n\nWords"
    assert message_id(with_id) == message_id(with_id.replace(b"X: 1", b"X: 2"))
    assert message_id(with_id) != message_id(with_id.replace(b"<1@", b"<2@"))
    assert message_id(b"X: 1\n\nMessage-ID: <1@example.org>") != message_id(with_id)


@pytest.mark.parametrize("above", ["", "Jane Smith\n\n", "CAUTION: external email.\n\n"])
def test_the_head_of_a_printed_mail_is_its_own(above: str) -> None:
    head = "From: Jane <j@home.org>\nSent: 4 January 2026\nTo: Team\nSubject: My views\n"
    pieces = pieces_of_plain(f"{above}{head}\nWe want more officers.\n\nBurglary rises.")
    own = "\n\n".join(piece.text for piece in pieces if piece.part == "body")
    assert own == f"{above}We want more officers.\n\nBurglary rises."
