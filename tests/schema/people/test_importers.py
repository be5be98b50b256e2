"""Importing lists of residents: what is made, what is refused and why, and that repeating is harmless."""

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from wangge._host.importing import ImportResult, run_import
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base
from wangge_schema.people.importers import RESIDENTS
from wangge_schema.rights.services import restrict_person

HEADING = "姓名,证件类型,证件号码,手机号,网格编码,单元,室,居住类型,户号,与户主关系"
BUILDING = "370703001001001001"

Import = Callable[..., Awaitable[ImportResult]]


@pytest.fixture
def take_in(district: TestDistrict, tmp_path: Path) -> Import:
    """Import rows: `await take_in(*rows, partial=False)`."""

    async def run(*rows: str, heading: str = HEADING, partial: bool = False) -> ImportResult:
        path = tmp_path / "residents.csv"
        path.write_text("\n".join([heading, *rows]), encoding="utf-8")
        work = district.server.district(district.code).work
        return await run_import(RESIDENTS, path, open_context=work, partial=partial)

    return run


@pytest.fixture
def family(identity_number: Any) -> list[str]:
    """Rows of a household: the child stands before its parents."""
    return [
        f"林小雨,,{identity_number(date(2016, 5, 5), 2)},,{BUILDING},1,501,,HZ-1,子女",
        f"林涛,身份证,{identity_number(date(1984, 1, 9), 1)},19900001001,{BUILDING},1,501,现居住,HZ-1,户主",
        f"何静,居民身份证,{identity_number(date(1986, 7, 3), 4)},,{BUILDING},1,501,CURRENT,HZ-1,配偶",
        f"林涛,身份证,{identity_number(date(1984, 1, 9), 1)},,{BUILDING},2,101,户籍,,",
        f"Anna Schmidt,护照,C01X00T47,,{BUILDING},2,102,暂住,,",
        f"林新,无,,,{BUILDING},1,501,,HZ-1,子女",
    ]


async def tally(district: TestDistrict) -> dict[str, int]:
    """Return how many rows there are of each kind."""
    models = (base.Person, base.Dwelling, base.Household, base.Residence, base.Guardianship)
    async with district.context() as ctx:
        return {model.__name__: int(await ctx.db.scalar(select(func.count(model.id)))) for model in models}


def figures(result: ImportResult) -> tuple[int, int, int, int]:
    """Return created, updated, unchanged and refused."""
    report = result.report
    return report.created, report.updated, report.unchanged, len(report.refused)


async def test_a_list_makes_dwellings_households_and_people(
    district: TestDistrict, take_in: Import, family: list[str]
) -> None:
    result = await take_in(*family)
    assert (result.written, figures(result)) == (True, (5, 1, 0, 0))
    assert await tally(district) == {
        "Person": 5,
        "Dwelling": 3,
        "Household": 1,
        "Residence": 6,
        "Guardianship": 1,
    }
    data = await district.client("grid_worker").data(
        """{ households { edges { node { number head { name } members { name relation } grid { code } } } }
        people(where: { documentType: { eq: PASSPORT } }) { edges { node { documentNumber } } } }"""
    )
    [household] = [edge["node"] for edge in data["households"]["edges"]]
    assert (household["number"], household["head"]) == ("HZ-1", {"name": "林涛"})
    assert household["grid"] == {"code": BUILDING}
    assert {one["name"]: one["relation"] for one in household["members"]} == {
        "林小雨": "CHILD",
        "林涛": "HEAD",
        "何静": "SPOUSE",
        "林新": "CHILD",
    }
    assert data["people"]["edges"] == [{"node": {"documentNumber": "C******47"}}]


async def test_importing_again_changes_nothing(
    district: TestDistrict, take_in: Import, family: list[str]
) -> None:
    await take_in(*family)
    before = await tally(district)
    result = await take_in(*family)
    assert figures(result) == (0, 0, 6, 0)
    assert await tally(district) == before


async def test_a_known_person_gets_the_new_name_and_phone(
    district: TestDistrict, take_in: Import, family: list[str]
) -> None:
    await take_in(*family)
    changed = family[1].replace("林涛", "林海涛").replace("19900001001", "19900001002")
    assert figures(await take_in(changed)) == (0, 1, 0, 0)
    data = await district.client("grid_worker").data(
        '{ people(where: { phone: { eq: "19900001002" } }) { edges { node { name phone } } } }'
    )
    assert data["people"]["edges"] == [{"node": {"name": "林海涛", "phone": "199****1002"}}]


async def test_faulty_rows_are_named_and_nothing_is_written(
    district: TestDistrict, take_in: Import, family: list[str], identity_number: Any
) -> None:
    faults = [
        (
            f"丁一,身份证,379999198401090010,,{BUILDING},1,1,,,",
            "BASE_DOCUMENT_CHECK_DIGIT_WRONG",
            "document_number",
        ),
        (
            f"丁二,身份证,370703840109001,,{BUILDING},1,1,,,",
            "BASE_DOCUMENT_NUMBER_OBSOLETE",
            "document_number",
        ),
        (f"丁三,学生证,1,,{BUILDING},1,1,,,", "BASE_VALUE_UNREADABLE", "document_type"),
        (f"丁四,无,,12345,{BUILDING},1,1,,,", "BASE_PHONE_INVALID", "phone"),
        ("丁五,无,,,370703001001009,1,1,,,", "BASE_GRID_CODE_UNKNOWN", "grid"),
        (f"丁六,无,,,{BUILDING},,,,,", "BASE_DWELLING_UNNAMED", "room"),
        (f"丁七,无,,,{BUILDING},1,502,,HZ-1,", "BASE_HOUSEHOLD_ELSEWHERE", "household"),
        (f"丁八,无,,,{BUILDING},1,501,,HZ-1,户主", "BASE_HEAD_TAKEN", "relation"),
        (
            f"林涛,身份证,{identity_number(date(1984, 1, 9), 1)},,{BUILDING},1,777,,,",
            "BASE_PERSON_ELSEWHERE",
            "residence",
        ),
        (f",无,,,{BUILDING},1,1,,,", "IMPORT_VALUE_MISSING", "name"),
    ]
    result = await take_in(*family, *(row for row, _, _ in faults))
    assert result.written is False
    assert sorted((one.line, one.error.code, one.column) for one in result.report.refused) == [
        (len(family) + 2 + place, code, column) for place, (_, code, column) in enumerate(faults)
    ]
    assert set((await tally(district)).values()) == {0}
    partial = await take_in(*family, *(row for row, _, _ in faults), partial=True)
    assert (partial.written, figures(partial)) == (True, (5, 1, 0, 10))
    assert (await tally(district))["Person"] == 5


async def test_refused_rows_carry_no_personal_value(take_in: Import) -> None:
    result = await take_in(f"丁一,身份证,379999198401090010,,{BUILDING},1,1,,,")
    [refused] = result.report.refused
    assert "379999" not in repr(refused) + str(refused.error)


async def test_a_thousand_rows_go_in_at_once(
    district: TestDistrict, take_in: Import, identity_number: Any
) -> None:
    rows = [
        f"张{'甲乙丙丁'[place % 4]},身份证,{identity_number(date(1950, 1, 1), place)},,"
        f"{BUILDING},{place % 3},{place},,HZ-{place},"
        for place in range(999)
    ]
    assert figures(await take_in(*rows)) == (999, 0, 0, 0)
    assert (await tally(district))["Household"] == 999


async def test_a_row_about_somebody_whose_data_are_restricted_is_refused(
    district: TestDistrict, take_in: Import, family: list[str]
) -> None:
    await take_in(*family)
    async with district.committed() as ctx:
        person = await ctx.db.scalar(select(base.Person).where(base.Person.name == "何静"))
        await restrict_person(ctx, person_id=person.id, reason="本人申请")

    result = await take_in(family[2].replace("何静", "何新"), partial=True)

    assert figures(result) == (0, 0, 0, 1)
    assert [one.error.code for one in result.report.refused] == ["DATA_RESTRICTED"]
    async with district.context() as ctx:
        held = ctx.db.including_restricted()
        assert (await held.must_get(base.Person, person.id)).name == "何静"
