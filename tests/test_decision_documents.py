"""Facts that are written down once beside the decisions."""

import pytest

from coder.decisions import Remark, read_documents, standing_remarks, store_document
from coder.errors import CoderError


def flag(text: str, **others: str) -> Remark:
    return Remark(
        kind="flag",
        project="plan",
        comment_id="C1",
        text=text,
        reviewer="amira",
        **others,
    )


def test_documents_come_back_in_order_and_are_merged_by_copying(tmp_path):
    first, second = flag("is this about drugs?"), flag("and this?")
    here, there = tmp_path / "here", tmp_path / "there"
    store_document(here, first)
    path = store_document(there, second)
    (here / "remarks" / path.name).write_bytes(path.read_bytes())
    store_document(here, first)
    assert set(read_documents(here, Remark)) == {first, second}


def test_an_edited_document_is_refused_by_name(tmp_path):
    path = store_document(tmp_path, flag("is this about drugs?"))
    path.write_text(path.read_text().replace("drugs", "parking"))
    with pytest.raises(CoderError, match="changed after it was written") as error:
        read_documents(tmp_path, Remark)
    assert path.name in error.value.problem
    assert "parking" not in str(error.value)


def test_what_is_taken_back_does_not_stand(tmp_path):
    asked = flag("?")
    elsewhere = flag("?").model_copy(update={"project": "other"})
    back = flag("", undoes=asked.id)
    assert standing_remarks([asked, elsewhere, back], "plan") == []
    assert standing_remarks([asked, elsewhere], "plan") == [asked]
