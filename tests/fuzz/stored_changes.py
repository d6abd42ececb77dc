"""Changes of Parquet, SQLite, decision files and packs that keep right what a reader would check first."""

import hashlib
import io
import json
import sqlite3
import tempfile
import zipfile
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from coder.decisions.chain import chain_lines, encode_lines
from fuzz import values
from fuzz.byte_changes import change_bytes
from fuzz.places import WHERE
from fuzz.text_changes import change_tree
from fuzz.zip_changes import STRANGE_NAMES, change_content, read_members

LARGE = 0.005  # of the tables become large
MOST_ROWS = 200_000  # of a column repeated until it is huge
OTHER_TYPES = (
    pa.string(),
    pa.large_string(),
    pa.binary(),
    pa.int64(),
    pa.float64(),
    pa.bool_(),
    pa.timestamp("ns"),
    pa.timestamp("s"),
    pa.date32(),
    pa.date64(),
    pa.time64("ns"),
    pa.duration("s"),
    pa.decimal128(38, 10),
    pa.list_(pa.string()),
    pa.struct([("a", pa.string())]),
    pa.map_(pa.string(), pa.string()),
    pa.dictionary(pa.int32(), pa.string()),
    pa.null(),
)
EXTREMES = {
    pa.timestamp("s"): (2**62, -(2**62), 0),
    pa.timestamp("ns"): (2**63 - 1, -(2**63) + 1),
    pa.date32(): (2**31 - 1, -(2**31)),
    pa.date64(): (2**62, -(2**62)),
    pa.time64("ns"): (2**62, -1),
    pa.duration("s"): (2**62, -(2**62)),
    pa.int64(): (2**63 - 1, -(2**63)),
    pa.float64(): (float("inf"), float("nan"), 1e308),
}


# ---------------------------------------------------------------- Parquet


def change_parquet(data: bytes, chance: Random) -> bytes:
    """A table of Parquet with other values, types, names or metadata, written again."""
    table = pq.read_table(io.BytesIO(data), use_threads=False)
    changes = LARGE_CHANGES if chance.random() < LARGE else TABLE_CHANGES
    changed = chance.choice(changes)(table, chance)
    out = io.BytesIO()
    pq.write_table(changed, out, compression=chance.choice(("snappy", "none", "gzip", "zstd")))
    return out.getvalue()


def change_footer(data: bytes, chance: Random) -> bytes:
    """Bytes of the metadata at the end are changed; the length stated stays right."""
    size = int.from_bytes(data[-8:-4], "little")
    start = max(4, len(data) - 8 - size)
    footer = change_bytes(data[start:-8], chance)
    return data[:start] + footer + len(footer).to_bytes(4, "little") + data[-4:]


def _set_value(table: pa.Table, chance: Random) -> pa.Table:
    place = chance.randrange(max(1, table.num_columns))
    cells = table.column(place).to_pylist()
    if cells:
        cells[chance.randrange(len(cells))] = values.plain_text(chance)
    return _with(table, place, pa.array([None if cell is None else str(cell) for cell in cells]))


def _set_type(table: pa.Table, chance: Random) -> pa.Table:
    place = chance.randrange(max(1, table.num_columns))
    kind = chance.choice(OTHER_TYPES)
    extremes = EXTREMES.get(kind)
    if extremes:
        numbers = pa.array([chance.choice(extremes) for _ in range(table.num_rows)])
        return _with(table, place, numbers.cast(kind, safe=False))
    return _with(table, place, pa.nulls(table.num_rows, kind))


def _set_name(table: pa.Table, chance: Random) -> pa.Table:
    names = list(table.column_names)
    place = chance.randrange(len(names))
    names[place] = chance.choice([*names, values.plain_text(chance)])
    return table.rename_columns(names)


def _drop_column(table: pa.Table, chance: Random) -> pa.Table:
    return table.remove_column(chance.randrange(table.num_columns))


def _no_rows(table: pa.Table, chance: Random) -> pa.Table:
    return table.slice(0, chance.choice((0, 1, table.num_rows // 2)))


def _huge(table: pa.Table, chance: Random) -> pa.Table:
    """Many equal rows: small when packed."""
    place = chance.randrange(max(1, table.num_columns))
    text = "x" * chance.choice((1, 50, 500))
    column = pa.array([text] * MOST_ROWS)
    return pa.table({table.column_names[place]: column, "other": column})


def _wide(table: pa.Table, chance: Random) -> pa.Table:
    columns = {f"column {number}": table.column(0) for number in range(chance.choice((300, 3000)))}
    return pa.table(columns)


def _set_metadata(table: pa.Table, chance: Random) -> pa.Table:
    found = dict(table.schema.metadata or {})
    known = [*found, b"pandas", b"ARROW:schema", b"coder"]
    found[chance.choice(known)] = values.plain_text(chance).encode()
    return table.replace_schema_metadata(found)


def _repeat_rows(table: pa.Table, chance: Random) -> pa.Table:
    return pa.concat_tables([table] * chance.choice((2, 30)))


def _with(table: pa.Table, place: int, column: pa.Array) -> pa.Table:
    return table.set_column(place, table.column_names[place], column)


TABLE_CHANGES = (
    _set_value,
    _set_value,
    _set_type,
    _set_type,
    _set_name,
    _drop_column,
    _no_rows,
    _set_metadata,
    _repeat_rows,
)
LARGE_CHANGES = (_huge, _wide)


# ---------------------------------------------------------------- decisions


def change_chain(data: bytes, chance: Random) -> bytes:
    """A decision is changed, missing or doubled, and every hash after it made right again."""
    bodies = [json.loads(line)["decision"] for line in data.split(b"\n") if line.strip()]
    if not bodies:
        return data
    place = chance.randrange(len(bodies))
    kind = chance.random()
    if kind < 0.75:
        changed = change_tree(bodies[place], chance)
        bodies[place] = changed if isinstance(changed, dict) else {"decision": changed}
    elif kind < 0.85:
        del bodies[place]
    elif kind < 0.95:
        bodies.append(json.loads(json.dumps(bodies[place])))
    else:
        bodies.insert(place, {})
    return encode_lines(chain_lines(bodies))


# ---------------------------------------------------------------- packs


def change_sealed_pack(data: bytes, chance: Random) -> bytes:
    """A member of a pack, or its manifest, is changed; hashes, seal and archive are made right again."""
    members = read_members(data)
    manifest = json.loads(members.pop("manifest.json"))
    manifest.pop("seal", None)
    kind = chance.random()
    if kind < 0.4:
        changed = change_tree(manifest, chance)
        manifest = changed if isinstance(changed, dict) else manifest
    elif kind < 0.9:
        name = chance.choice(sorted(members))
        members[name] = _changed_member(name, members[name], chance)
    else:
        name = chance.choice(sorted(members))
        members[chance.choice(STRANGE_NAMES) or "x"] = members.pop(name)
    return seal_pack(members, manifest)


def _changed_member(name: str, content: bytes, chance: Random) -> bytes:
    if name.endswith(".jsonl"):
        return change_chain(content, chance)
    if name.endswith(".parquet"):
        return change_parquet(content, chance)
    return change_content(name, content, chance)


def seal_pack(members: dict[str, bytes], manifest: dict[str, object]) -> bytes:
    """The pack as its writer would have written it with these members."""
    if isinstance(manifest.get("files"), dict):
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
        manifest = {**manifest, "files": hashes}
    plain = json.dumps(manifest, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    sealed = {**manifest, "seal": hashlib.sha256(plain.encode()).hexdigest()}
    text = json.dumps(sealed, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    every = {**members, "manifest.json": text.encode("utf-8", "surrogatepass")}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(every):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, every[name])
    return out.getvalue()


# ---------------------------------------------------------------- vectors


def change_vectors(data: bytes, chance: Random) -> bytes:
    """A row, a table or a type of a vector cache is changed; the file stays a database."""
    with tempfile.TemporaryDirectory(dir=WHERE) as folder:
        path = Path(folder) / "vectors.sqlite"
        path.write_bytes(data)
        store = sqlite3.connect(path, isolation_level=None)
        store.execute("PRAGMA journal_mode = DELETE")
        statement, arguments = chance.choice(STORE_CHANGES)
        size = chance.choice((0, 1, 2, 95, 97, 191, 193, 5000))
        filled = [
            size if argument == "size" else values.plain_text(chance) for argument in arguments
        ]
        store.execute(statement, filled)
        store.close()
        return path.read_bytes()


STORE_CHANGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("UPDATE encoded SET value = zeroblob(?)", ("size",)),
    ("UPDATE encoded SET value = zeroblob(?) WHERE rowid = 3", ("size",)),
    ("UPDATE encoded SET value = substr(value, 1, ?)", ("size",)),
    ("UPDATE encoded SET value = ? WHERE rowid = 2", ("text",)),
    ("UPDATE encoded SET value = 12 WHERE rowid = 1", ()),
    ("UPDATE encoded SET value = randomblob(length(value)) WHERE rowid = -1", ()),
    ("UPDATE encoded SET value = x'007e' || substr(value, 3)", ()),
    ("UPDATE encoded SET value = x'007c' || substr(value, 3)", ()),
    ("UPDATE encoded SET key = ? WHERE rowid = 1", ("text",)),
    ("DELETE FROM encoded WHERE rowid % 2 = 0", ()),
    ("DROP TABLE encoded", ()),
    ("ALTER TABLE encoded RENAME TO vector", ()),
    ("ALTER TABLE encoded RENAME COLUMN value TO other", ()),
    ("CREATE TABLE vector (key BLOB, value BLOB)", ()),
    ("CREATE TABLE vector (key BLOB)", ()),
    ("CREATE TRIGGER t AFTER INSERT ON encoded BEGIN DELETE FROM encoded; END", ()),
    ("PRAGMA user_version = 99", ()),
    ("PRAGMA journal_mode = WAL", ()),
)
