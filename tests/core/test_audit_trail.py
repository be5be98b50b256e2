"""The audit trail: kept by the database itself, checked link by link, read on the record by those who may."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from wangge import LOCAL_ZONE, Account, AuditEntry, encode_id
from wangge._host.cli import app
from wangge._host.trail import Verdict, check_trail
from wangge.auth.audit import entry_hash
from wangge.auth.models import AuditHead, PrincipalKind
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import World
from wangge_schema.grids.models import Grid

ENTRIES = "wangge_audit_entries"
LIST = """query ($where: AuditFilter) { auditEntries(where: $where, orderBy: [NUMBER_ASC], first: 100) {
    totalCount edges { node { number at account roles action subjectType subjectId fields purpose requestId
      detail { key value } subject { id } } } } }"""
PLAIN = """query ($where: AuditFilter) { auditEntries(where: $where, last: 3) {
    totalCount pageInfo { hasPreviousPage }
    edges { cursor node { number at account action subjectType purpose requestId } } } }"""

BARE = "{ auditEntries(last: 3) { totalCount edges { node { number at action purpose requestId } } } }"


async def _act(district: TestDistrict, times: int = 5) -> None:
    """Leave some entries behind."""
    async with district.committed() as ctx:
        grid: Grid = await ctx.db.scalar(select(Grid).where(Grid.code == "370703001"))
        for at in range(times):
            ctx.audit("base.test", subject=grid, fields=("name",), purpose=f"第 {at} 次", detail={"at": at})


async def _send(district: TestDistrict, *statements: str) -> None:
    """Do what someone does who has the database and not the server."""
    runtime = district.server.district(district.code)
    async with runtime.engines.open(write=True) as db:
        connection = await db.session.connection()
        if not runtime.record.place.is_sqlite:
            await connection.exec_driver_sql(f'SET LOCAL search_path TO "{runtime.record.place.schema}"')
        for statement in statements:
            await connection.exec_driver_sql(statement)
        await db.session.commit()


async def _without_triggers(district: TestDistrict, *statements: str) -> None:
    names = ["keep", "stay"]
    on = "" if district.server.district(district.code).record.place.is_sqlite else f" ON {ENTRIES}"
    await _send(district, *(f"DROP TRIGGER {ENTRIES}_{name}{on}" for name in names), *statements)


async def _check(district: TestDistrict, anchor: tuple[int, str] | None = None) -> Verdict:
    return await check_trail(district.server.district(district.code), anchor=anchor)


async def _last(district: TestDistrict) -> int:
    async with district.context() as ctx:
        number: int = await ctx.db.scalar(select(func.max(AuditEntry.number)))
        return number


@pytest.mark.parametrize(
    "act", [f"UPDATE {ENTRIES} SET action = 'other' WHERE number = 2", f"DELETE FROM {ENTRIES}"]
)
async def test_the_database_refuses_to_change_or_delete_entries(district: TestDistrict, act: str) -> None:
    await _act(district)
    before = await _check(district)

    with pytest.raises(DBAPIError, match="append-only"):
        await _send(district, act)

    assert before.broken is None
    assert await _check(district) == before


async def test_postgresql_refuses_to_empty_the_table(district: TestDistrict, backend: str) -> None:
    await _act(district)
    act = f"TRUNCATE {ENTRIES}" if backend == "postgresql" else f"DELETE FROM {ENTRIES}"

    with pytest.raises(DBAPIError, match="append-only"):
        await _send(district, act)

    assert (await _check(district)).checked >= 5


async def test_a_trail_in_order_is_found_so_over_several_batches(
    district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wangge._host.trail.BATCH", 2)
    await _act(district)
    seen: list[tuple[int, int]] = []

    verdict = await check_trail(
        district.server.district(district.code), report=lambda done, whole: seen.append((done, whole))
    )

    last = await _last(district)
    assert (verdict.checked, verdict.broken) == (last, None)
    assert seen[-1] == (last, last)
    assert len(seen) == (last + 1) // 2
    assert await _check(district, (verdict.checked, verdict.hash)) == verdict


@pytest.mark.parametrize(
    ("tampering", "at", "why"),
    [
        ("UPDATE {t} SET action = 'x' WHERE number = {n}", 0, "its columns were changed"),
        ("UPDATE {t} SET account_id = NULL, roles = '' WHERE number = {n}", 0, "its columns were changed"),
        ("UPDATE {t} SET at = '2001-01-01 00:00:00' WHERE number = {n}", 0, "its columns were changed"),
        ("UPDATE {t} SET hash = previous_hash WHERE number = {n}", 0, "its hash were changed"),
        ("UPDATE {t} SET previous_hash = hash WHERE number = {n}", 0, "its link does not lead"),
        ("DELETE FROM {t} WHERE number = {n}", 0, "it is missing"),
        (
            "UPDATE {t} SET number = -1 WHERE number = {n};"
            "UPDATE {t} SET number = {n} WHERE number = {n} + 1;"
            "UPDATE {t} SET number = {n} + 1 WHERE number = -1",
            0,
            "its link does not lead",
        ),
        ("DELETE FROM {t} WHERE number > {n}", 1, "the head of the chain is further on"),
        (
            "DELETE FROM {t} WHERE number > {n};"
            "UPDATE wangge_audit_head SET number = {n},"
            " hash = (SELECT hash FROM {t} WHERE number = {n})",
            0,
            "the seal of the head",
        ),
        ("UPDATE wangge_audit_head SET seal = NULL", 2, "the seal of the head"),
        ("UPDATE wangge_audit_head SET number = {n}", 1, "beyond the head"),
        ("DELETE FROM wangge_audit_head", None, "the head of the chain is missing"),
    ],
)
async def test_the_first_entry_that_was_tampered_with_is_named(
    district: TestDistrict, tampering: str, at: int | None, why: str
) -> None:
    await _act(district)
    tampered = await _last(district) - 2

    await _without_triggers(district, *tampering.format(t=ENTRIES, n=tampered).split(";"))
    verdict = await _check(district)

    assert verdict.broken == (1 if at is None else tampered + at)
    assert why in verdict.why


async def test_a_chain_that_was_written_anew_does_not_hold_the_anchor(district: TestDistrict) -> None:
    await _act(district)
    before = await _check(district)
    await _act(district, 1)

    kept = await _check(district, (before.checked, before.hash))
    other = await _check(district, (before.checked, "0" * 64))
    beyond = await _check(district, (before.checked + 7, "0" * 64))

    assert kept.broken is None
    assert (other.broken, "rewritten" in other.why) == (before.checked, True)
    assert (beyond.broken, "missing" in beyond.why) == (before.checked + 7, True)


async def test_the_end_is_sealed_with_a_key_that_is_not_in_the_database(district: TestDistrict) -> None:
    await _act(district)

    async with district.context() as ctx:
        head = await ctx.db.scalar(select(AuditHead))
        again = ctx.keys.digest("audit", f"{head.number}:{head.hash.hex()}")

    assert head.seal == again


def test_the_command_names_what_is_broken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_DATA", str(world.settings.data))
    if world.settings.catalog_url:
        monkeypatch.setenv("WANGGE_CATALOG_URL", world.settings.catalog_url)
    runner = CliRunner()
    command = ["audit", "verify", "--district", "370703"]

    good = runner.invoke(app, command)
    as_json = runner.invoke(app, [*command, "--json"])
    anchor = good.stdout.rpartition(" ")[2].strip()
    held = runner.invoke(app, [*command, "--anchor", anchor])
    broken = runner.invoke(app, [*command, "--anchor", f"1:{'0' * 64}"])

    assert (good.exit_code, held.exit_code, broken.exit_code) == (0, 0, 1)
    told = json.loads(as_json.stdout)
    assert told == {
        "district": "370703",
        "checked": int(anchor.partition(":")[0]),
        "hash": anchor.partition(":")[2],
        "broken": None,
        "why": "",
    }
    assert broken.stdout == (
        "Entry 1 is not in order: its hash is another than the anchor's: the chain was rewritten.\n"
    )


async def test_auditors_read_the_trail_and_leave_an_entry(district: TestDistrict) -> None:
    await _act(district, 2)
    auditor = district.client("district_admin")

    answer = await auditor.data(LIST, where={"action": {"eq": "base.test"}})

    async with district.context() as ctx:
        grid: Grid = await ctx.db.scalar(select(Grid).where(Grid.code == "370703001"))
        last: AuditEntry = await ctx.db.scalar(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1))
    entries = [edge["node"] for edge in answer["auditEntries"]["edges"]]
    assert answer["auditEntries"]["totalCount"] == 2
    assert [one["purpose"] for one in entries] == ["第 0 次", "第 1 次"]
    assert entries[1] | {"number": 0, "at": ""} == {
        "number": 0,
        "at": "",
        "account": None,
        "roles": ["system"],
        "action": "base.test",
        "subjectType": "Grid",
        "subjectId": encode_id("Grid", grid.id),
        "subject": {"id": encode_id("Grid", grid.id)},
        "fields": ["name"],
        "purpose": "第 1 次",
        "requestId": None,
        "detail": [{"key": "at", "value": "1"}],
    }
    assert (last.action, last.roles, last.number) == (
        "base.audit.read",
        "district_admin",
        entries[1]["number"] + 1,
    )
    assert (await _check(district)).broken is None


async def test_a_plan_serves_the_trail_and_each_reading_is_on_the_record(district: TestDistrict) -> None:
    await _act(district, 4)
    auditor = district.client("district_admin")
    before = await _last(district)

    answers = [await auditor.post(document) for document in (PLAIN, BARE, PLAIN)]

    served = [one.headers["server-timing"].partition("plan;desc=")[2].split(",")[0] for one in answers]
    assert served == ['"sql+python"', '"sql"', '"sql+python"']
    assert await _last(district) == before + 3
    seen = [one.json()["data"]["auditEntries"]["totalCount"] for one in answers]
    assert seen == [before, before + 1, before + 2]
    mine = {"account": {"eq": f"{district.code}/district_admin"}, "action": {"startsWith": "base.audit."}}
    read = (await auditor.data(PLAIN, where=mine))["auditEntries"]
    assert read["totalCount"] == 3
    assert {one["node"]["account"] for one in read["edges"]} == {f"{district.code}/district_admin"}


@pytest.mark.parametrize("role", ["street_secretary", "grid_worker", "resident", "vendor_service", None])
async def test_others_do_not_read_the_trail(district: TestDistrict, role: str | None) -> None:
    before = await _last(district)

    codes = await district.client(role).codes("{ auditEntries { totalCount } }")

    assert codes == ["FORBIDDEN" if role else "UNAUTHENTICATED"]
    assert await _last(district) == before


async def test_who_holds_the_permission_for_a_part_reads_their_own_acts_alone(
    district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _act(district)
    plugins = district.server.plugins
    usual = plugins.default_permissions

    def more(role: str, slugs: list[str]) -> frozenset[str]:
        given = {"base.audit.read"} if role == "street_secretary" else set()
        return usual(role, slugs) | given

    monkeypatch.setattr(plugins, "default_permissions", more)
    secretary = district.client("street_secretary")

    first = await secretary.data(PLAIN)
    second = await secretary.data(LIST)

    assert first["auditEntries"] == {
        "totalCount": 0,
        "pageInfo": {"hasPreviousPage": False},
        "edges": [],
    }
    assert [one["node"]["action"] for one in second["auditEntries"]["edges"]] == ["base.audit.read"]


async def test_a_subject_that_is_gone_leaves_its_id(district: TestDistrict) -> None:
    async with district.committed() as ctx:
        account = Account(subject="gone", kind=PrincipalKind.STAFF)
        ctx.db.add(account)
        await ctx.db.flush()
        ctx.audit("base.test", subject=account)
    async with district.committed() as ctx:
        await ctx.db.execute(update(Account).where(Account.subject == "gone").values(disabled=True))

    shown: dict[str, Any] = await district.client("district_admin").data(
        LIST, where={"action": {"eq": "base.test"}}
    )

    entry = shown["auditEntries"]["edges"][0]["node"]
    assert (entry["subject"], entry["subjectId"]) == (None, encode_id("Account", account.id))


async def test_no_reading_is_answered_that_could_not_be_recorded(district: TestDistrict) -> None:
    await _send(district, "DELETE FROM wangge_audit_head")

    answer = await district.client("district_admin").execute("{ auditEntries { totalCount } }")

    assert "data" not in answer or answer["data"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["INTERNAL"]


def test_the_hash_binds_every_column() -> None:
    """One that it left out could be changed unseen; id and hash say nothing of the act."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    columns = {"number": 1, "at": at, "roles": "a", "action": "a", "fields": [], "detail": {}}
    columns |= {"previous_hash": bytes(32), "account_id": None, "subject_type": None, "subject_id": None}
    columns |= {"purpose": None, "request_id": None}
    other: dict[str, Any] = {"number": 2, "at": at.replace(year=2025), "fields": ["b"], "detail": {"b": 1}}
    other |= {"previous_hash": b"1" * 32}

    plain = entry_hash(AuditEntry(**columns))
    changed = {name: entry_hash(AuditEntry(**{**columns, name: other.get(name, "b")})) for name in columns}

    assert {*columns, "id", "hash"} == {column.name for column in AuditEntry.__table__.columns}
    assert [name for name, found in changed.items() if found == plain] == []
    assert entry_hash(AuditEntry(**{**columns, "at": at.astimezone(LOCAL_ZONE)})) == plain
