"""Fields of a programme that raise, hang or refuse are null with a coded error; the rest stands."""

import asyncio
from typing import Any

import pytest

from wangge._host.plans import slots
from wangge.testing.tiers import Tiers, without_plans

from .conftest import COUNT, Hazards, crowd

ME = "me { account }"
ACCOUNT = {"account": "370703/district_admin"}
PEOPLE = "{ people(first: 50) { edges { node { name %s } } } }"
FAILING = ["hazardNow(way: RAISE)", "hazardLater(way: RAISE)", "hazardLater(way: HANG)"]


@pytest.fixture
def limits() -> dict[str, Any]:
    """A programme is cut off at once, and never paused."""
    return {"plugin_timeout": 0.3, "plugin_failures": 1000}


def failures(answer: dict[str, Any]) -> list[tuple[list[Any], str, str]]:
    """Return where an answer failed, with what code, by whose fault; each with a reference and no cause."""
    for error in answer["errors"]:
        assert len(error["extensions"]["reference"]) == 12
        assert "110101199003078515" not in str(error)
    return [
        (error["path"], error["extensions"]["code"], error["extensions"]["plugin"])
        for error in answer["errors"]
    ]


@pytest.mark.parametrize("plans", [True, False], ids=["planned", "plain"])
@pytest.mark.parametrize("field", [*FAILING, "hazardNow(way: EXIT)", "hazardLater(way: EXIT)"])
async def test_a_root_that_fails_is_null_with_a_code_that_names_the_programme(
    hazards: Hazards, field: str, plans: bool
) -> None:
    admin = hazards.district.client("district_admin")
    document = f"{{ failed: {field} {ME} hazardNow }}"

    if plans:
        answer = await admin.execute(document)
    else:
        with without_plans(hazards.server):
            answer = await admin.execute(document)

    assert answer["data"] == {"failed": None, "me": ACCOUNT, "hazardNow": 1}
    assert failures(answer) == [(["failed"], "PLUGIN_FAILED", "hazards")]


@pytest.mark.parametrize(
    "field", ["hazardNow(way: RAISE)", "hazardLater(way: RAISE)", "hazardLater(way: HANG)"]
)
async def test_a_field_on_fifty_people_that_fails_leaves_their_names(hazards: Hazards, field: str) -> None:
    names = await crowd(hazards.district)
    tiers = Tiers(hazards.district)

    both = await tiers.both("district_admin", PEOPLE % f"failed: {field}")

    found = [edge["node"] for edge in both.agreed.data["people"]["edges"]]
    assert sorted(one["name"] for one in found) == names
    assert {one["failed"] for one in found} == {None}
    assert set(both.agreed.codes) == {"PLUGIN_FAILED"}


async def test_what_took_too_long_is_not_waited_for_again_in_the_same_request(hazards: Hazards) -> None:
    await crowd(hazards.district)
    admin = hazards.district.client("district_admin")

    answer = await admin.execute(PEOPLE % "late: hazardLater(way: HANG) now: hazardNow")

    assert len(answer["data"]["people"]["edges"]) == COUNT
    assert hazards.calls.count("Person.hazardLater") == COUNT  # in the second tier; in the third not again
    assert {edge["node"]["now"] for edge in answer["data"]["people"]["edges"]} == {None}


async def test_a_field_that_takes_no_cancelling_is_left(hazards: Hazards) -> None:
    admin = hazards.district.client("district_admin")

    answer = await admin.execute(f"{{ hazardLater(way: STUBBORN) {ME} }}")

    assert answer["data"] == {"hazardLater": None, "me": ACCOUNT}
    assert failures(answer) == [(["hazardLater"], "PLUGIN_FAILED", "hazards")]
    assert hazards.calls == ["hazardLater", "hazardLater"]


async def test_a_field_that_keeps_the_database_busy_is_broken_off_and_others_read_on(
    hazards: Hazards, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = hazards.district.client("district_admin")
    document = "{ hazardLater(way: QUERY) grids(first: 3) { edges { node { code parent { code } } } } }"

    answer = await admin.execute(document)

    assert answer["data"]["hazardLater"] is None
    assert len(answer["data"]["grids"]["edges"]) == 3
    assert failures(answer) == [(["hazardLater"], "PLUGIN_FAILED", "hazards")]
    assert "reason=late" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("way", "code"),
    [("FORBID", "FORBIDDEN"), ("REFUSE", "HAZARDS_REFUSED"), ("AWAY", "DATABASE_UNAVAILABLE")],
)
async def test_what_the_caller_or_the_database_is_to_blame_for_passes_unchanged(
    hazards: Hazards, way: str, code: str
) -> None:
    admin = hazards.district.client("district_admin")

    answer = await admin.execute(f"{{ hazardLater(way: {way}) hazardNow(way: {way}) {ME} }}")

    assert answer["data"] == {"hazardLater": None, "hazardNow": None, "me": ACCOUNT}
    assert [error["extensions"]["code"] for error in answer["errors"]] == [code, code]


async def test_a_field_of_a_type_of_its_own_is_fenced_and_its_values_stand(hazards: Hazards) -> None:
    admin = hazards.district.client("district_admin")

    answer = await admin.execute("{ hazardBox { size weight(way: RAISE) } }")

    assert answer["data"] == {"hazardBox": {"size": 3, "weight": None}}
    assert failures(answer) == [(["hazardBox", "weight"], "PLUGIN_FAILED", "hazards")]


@pytest.mark.parametrize("way", ["RAISE", "HANG", "STUBBORN"])
async def test_a_mutation_that_fails_has_changed_nothing(hazards: Hazards, way: str) -> None:
    admin = hazards.district.client("district_admin")
    ask = '{ grid(code: "370703001") { id name } }'
    grid = (await admin.data(ask))["grid"]
    document = (
        f'mutation($grid: ID!) {{ hazardRename(input: {{grid: $grid, name: "一", way: {way}}}) {{ done }} }}'
    )

    answer = await admin.execute(document, grid=grid["id"])

    assert answer["data"] == {"hazardRename": None}
    assert failures(answer) == [(["hazardRename"], "PLUGIN_FAILED", "hazards")]
    assert (await admin.data(ask))["grid"] == grid


async def test_the_cause_is_in_the_log_under_the_reference_without_personal_values(
    hazards: Hazards, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = hazards.district.client("district_admin")

    answer = await admin.execute("{ hazardNow(way: RAISE) }")

    told = capsys.readouterr().err
    assert answer["errors"][0]["extensions"]["reference"] in told
    assert "ValueError: ***" in told
    assert "110101199003078515" not in told


async def test_a_statement_that_holds_fields_of_a_programme_and_takes_too_long_is_asked_field_by_field(
    hazards: Hazards, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_arguments: Any, **_options: Any) -> None:
        await asyncio.Event().wait()

    tiers = Tiers(hazards.district)
    document = '{ grid(code: "370703001") { code } rewards(first: 1) { totalCount } }'
    assert (await tiers.ask("district_admin", document)).tier == 1
    monkeypatch.setattr(hazards.server.district(hazards.district.code).engines, "fetch", never)

    answer = await tiers.ask("district_admin", document)

    assert answer.data == {"grid": {"code": "370703001"}, "rewards": {"totalCount": 0}}
    assert (answer.tier, answer.codes) == (3, [])
    assert answer.why == "its statement took too long, and holds fields of programmes."


async def test_a_plan_whose_arguments_a_programme_breaks_is_left_to_the_ordinary_executor(
    hazards: Hazards, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_arguments: Any, **_options: Any) -> None:
        raise ZeroDivisionError("a restriction of the programme")

    monkeypatch.setattr(slots, "page_request", broken)

    answer = await Tiers(hazards.district).ask(
        "district_admin", '{ grid(code: "370703001") { code } rewards(first: 1) { totalCount } }'
    )

    assert answer.data == {"grid": {"code": "370703001"}, "rewards": {"totalCount": 0}}
    assert (answer.tier, answer.why) == (3, "a programme in it failed.")


async def test_a_subscription_that_answers_is_told_and_ends(hazards: Hazards) -> None:
    async with hazards.district.stream("district_admin", "subscription { hazardNumbers }") as stream:
        assert (await stream.hear())[1]["data"] == {"hazardNumbers": 1}


@pytest.mark.parametrize("way", ["RAISE", "HANG"])
async def test_a_subscription_that_fails_does_not_begin_and_names_the_programme(
    hazards: Hazards, way: str
) -> None:
    document = f"subscription {{ hazardNumbers(way: {way}) }}"

    async with hazards.district.stream("district_admin", document) as stream:
        told = (await stream.hear())[1]

    assert failures(told) == [(["hazardNumbers"], "PLUGIN_FAILED", "hazards")]
    assert hazards.calls == ["hazardNumbers"]
