"""What a programme holds on persons: that the map names it, and that a copy and an erasure reach it."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import LargeBinary, select

from wangge._host.lifecycle import enable, suspend
from wangge._host.plugins import LoadedPlugin
from wangge._host.rights import rights_of
from wangge.manifest import PersonalData
from wangge.testing.proofs.proving import Proof
from wangge.testing.proofs.seeds import FAR, SHORTEST, Row, key
from wangge.testing.proofs.tables import PEOPLE, Table, pointers, table
from wangge.testing.reporting import checks, insist

WHY = "The conformance suite asks for it"


@checks("personal_map")
def test_its_personal_columns_exist(plugin: LoadedPlugin) -> None:
    """The personal-data map names real columns, and the key that says whose row it is."""
    tables = {model.__tablename__: model.__table__ for model in plugin.models}
    faults = []
    for entry in plugin.manifest.personal_data:
        named = {*entry.columns, entry.person_key, *filter(None, [entry.retention_from])}
        missing = named - set(tables[entry.table].c.keys())
        faults += [f"{entry.table} has no column {name}." for name in sorted(missing)]
    insist(faults)


@checks("personal_map")
def test_whatever_it_holds_on_persons_is_on_the_map(plugin: LoadedPlugin) -> None:
    """Each column that points at a person is a key of the map, and each sealed column is in it."""
    entries = plugin.manifest.personal_data
    keys = {(entry.table, entry.person_key) for entry in entries}
    named = {(entry.table, column) for entry in entries for column in entry.columns}
    faults = []
    for model in plugin.models:
        name = str(model.__tablename__)
        faults += [
            f"{name}.{one} points at a person, and no entry of the map has it as `person_key`."
            for one in sorted(_persons(model))
            if (name, one) not in keys
        ]
        faults += [
            f"{name}.{one} is sealed, and no entry of the map has it among its `columns`."
            for one in _sealed(model)
            if (name, one) not in named
        ]
    insist(faults)


def _persons(model: Table) -> set[str]:
    """Return the columns that say whose row it is."""
    found = {name for name, to in pointers(model) if to == PEOPLE}
    return found | ({model.__person_key__} if model.__person_key__ else set())


def _sealed(model: Table) -> list[str]:
    return [
        column.key
        for column in model.__table__.c
        if column.key.endswith("_cipher") and isinstance(column.type, LargeBinary)
    ]


@checks("export")
def test_the_copy_of_a_person_holds_what_it_keeps(proof: Proof) -> None:
    """Every value on the map of a planted person stands in the copy that the person would get."""
    insist(proof.runner.run(_missing_in_copy(proof)))


async def _missing_in_copy(proof: Proof) -> list[str]:
    runtime = proof.full.server.district(proof.full.code)
    faults = []
    for entry, row in _mapped(proof):
        async with proof.full.context() as ctx:
            text, _ = await rights_of(runtime).export(
                ctx, row.values[_name(row.model, entry.person_key)], WHY
            )
        of = [one for one in json.loads(text)["holdings"] if _is_of(one, entry)]
        told = {str(value) for one in of for each in one["rows"] for value in each.values()}
        if not any(one["rows"] for one in of):
            faults.append(f"The copy has no row of {entry.table} by {entry.person_key}.")
            continue
        faults += [
            f"The copy lacks {entry.table}.{name}: {value!r}."
            for name, value in _values(proof, entry, row)
            if value not in told
        ]
    return faults


def _mapped(proof: Proof) -> Iterator[tuple[PersonalData, Row]]:
    """Yield each entry of the programme's map with a planted row of its table that belongs to a person."""
    assert proof.slug is not None  # the suite asks for one programme
    for entry in proof.full.server.plugins.loaded[proof.slug].manifest.personal_data:
        row = proof.crop.of(entry.table, FAR)
        if row is not None and row.values.get(_name(row.model, entry.person_key)) is not None:
            yield entry, row


def _name(model: Table, column: str) -> str:
    """Return the attribute of a column."""
    return str(next(one.key for one in model.__mapper__.column_attrs if one.columns[0].key == column))


def _is_of(holding: Any, entry: PersonalData) -> bool:  # JSON
    return bool(holding["table"] == entry.table and holding["personKey"] == entry.person_key)


def _values(proof: Proof, entry: PersonalData, row: Row) -> Iterator[tuple[str, str]]:
    """Yield the columns of an entry whose value must be read in a copy as it is."""
    pointing = dict(pointers(row.model))
    for column in entry.columns:
        name = _name(row.model, column)
        value = row.values[name]
        if name in pointing or name == row.model.__person_key__ or isinstance(value, Enum | bool):
            continue
        if column.endswith("_cipher"):
            yield column, proof.crop.plain[(row.group, column.removesuffix("_cipher"))]
        elif isinstance(value, str | int):
            yield column, str(value)
        elif isinstance(value, date) and not isinstance(value, datetime):
            yield column, value.isoformat()


@checks("erasure")
def test_an_erasure_reaches_what_it_keeps_whether_it_is_on_or_suspended(proof: Proof) -> None:
    """What the map deletes or empties of a planted person is nowhere in its tables; what it keeps stays."""
    assert proof.slug is not None  # the suite asks for one programme
    runtime = proof.full.server.district(proof.full.code)
    faults = proof.runner.run(_left_after_erasure(proof, "while it is on"))
    proof.runner.run(suspend(runtime, proof.slug))
    try:
        faults += proof.runner.run(_left_after_erasure(proof, "while it is suspended"))
    finally:
        proof.runner.run(enable(runtime, proof.slug))
    insist(faults)


async def _left_after_erasure(proof: Proof, when: str) -> list[str]:
    """Erase a person, look at what is left, and take it back."""
    runtime, person = proof.full.server.district(proof.full.code), key(table(PEOPLE), FAR)
    async with proof.full.context() as ctx:
        if await rights_of(runtime).erase(ctx, person, WHY) is None:
            return [f"The planted person is not erased {when}."]
        await ctx.db.flush()
        faults = []
        for entry, row in _mapped(proof):
            if row.values[_name(row.model, entry.person_key)] != person:
                continue
            rows = (await ctx.db.session.execute(select(row.model.__table__))).all()
            left = next((one for one in rows if getattr(one, "id", None) == row.id), None)
            if left is None and entry.on_erase == "restrict":
                faults.append(f"The map keeps {entry.table}, and its row went {when}.")
            emptied = entry.columns if entry.on_erase == "delete" else entry.empties
            faults += [
                f"{entry.table}.{column} holds {row.values[name]!r} after the erasure {when}."
                for column in emptied
                if (name := _name(row.model, column))
                and _recognised(row.values[name])
                and any(getattr(one, column) == row.values[name] for one in rows)
            ]
        return faults


def _recognised(value: Any) -> bool:  # a column's value
    """Say whether no other row holds this value."""
    return isinstance(value, bytes) or (isinstance(value, str) and len(value) >= SHORTEST)
