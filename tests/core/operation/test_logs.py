"""Logs: a line for each failed request and each failure, and nothing of a person in any of them."""

import logging
import sqlite3

import pytest
import structlog
from asyncpg import UniqueViolationError

from wangge._host.http import endpoint, errors
from wangge._host.logs import configure_logs, scrub
from wangge._host.settings import Settings
from wangge.testing.districts import TestDistrict

NUMBER, PHONE, NAME = "379999199001011234", "13800138000", "欧阳测试"
REGISTER = """mutation ($name: String!, $number: String!, $phone: String!, $dwelling: ID!) {
  registerPerson(input: {name: $name, documentType: RESIDENT_ID, documentNumber: $number, phone: $phone,
    dwelling: $dwelling, purpose: "registration"}) { person { id } userErrors { code } } }"""


@pytest.fixture(params=[True, False], ids=["json", "terminal"])
def form(request: pytest.FixtureRequest) -> bool:
    """Both forms of a line."""
    return bool(request.param)


@pytest.fixture(autouse=True)
def logging_again() -> object:
    """Log as the other tests do afterwards."""
    yield
    configure_logs(Settings(log_level="warning"))


@pytest.mark.parametrize("level", ["debug", "info"])
@pytest.mark.parametrize("backend", ["sqlite"])
async def test_no_line_of_a_request_holds_what_was_sent(
    district: TestDistrict,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    level: str,
    form: bool,
) -> None:
    configure_logs(Settings(log_level=level, log_json=form))
    for module in (endpoint, errors):  # a logger keeps the level that it was first used at
        monkeypatch.setattr(module, "log", structlog.get_logger("wangge.request"))
    client = district.client("district_admin")

    await client.post(REGISTER, name=NAME, number=NUMBER, phone=PHONE, dwelling="Dwelling_nothing")
    await client.post(f'{{ person(id: "{PHONE}") {{ name }} }}')
    await client.post(f"{{ people(where: {{phone: {{eq: {PHONE}}}}}) {{ totalCount }} }}")
    await district.http.post(f"/{PHONE}/graphql", json={"query": NAME})

    lines = capsys.readouterr().err
    assert "request" in lines
    assert not [value for value in (NUMBER, PHONE, NAME, client.headers["authorization"]) if value in lines]


def test_a_failure_is_told_with_its_place_and_without_its_values(
    capsys: pytest.CaptureFixture[str], form: bool
) -> None:
    configure_logs(Settings(log_json=form))
    try:
        raise ValueError(f"{NAME} has no number {NUMBER}, call {PHONE}")
    except ValueError as broken:
        structlog.get_logger("wangge").error("unexpected failure", exc_info=broken)
        logging.getLogger("somewhere").exception("of %s", PHONE)

    lines = capsys.readouterr().err
    assert lines.count("ValueError: *** has no number ***, call ***") == 2
    assert "test_logs.py" in lines
    assert not [value for value in (NUMBER, PHONE, NAME) if value in lines]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("duplicate key\nDETAIL:  Key (name)=(Zhang San) already exists.", "duplicate key\nDETAIL: ***"),
        ('invalid input syntax for type uuid: "13800138000"', 'invalid input syntax for type uuid: "***"'),
        ("write to zhang.san@example.org failed", "write to *** failed"),
        ("37020219850712051X is wrong", "*** is wrong"),
        ("district 370703, line 1234, 12.5 ms", "district 370703, line 1234, 12.5 ms"),
        ('relation "d_370703.base_people" does not exist', 'relation "d_370703.base_people" does not exist'),
    ],
)
def test_what_may_be_a_persons_is_blotted_out(text: str, left: str) -> None:
    assert scrub(text) == left


def test_what_databases_say_of_a_row_is_blotted_out() -> None:
    failure = UniqueViolationError.new({"M": "duplicate key", "D": f"Key (phone)=({PHONE}) already exists."})

    assert PHONE in str(failure)
    assert PHONE not in scrub(str(failure))
    assert scrub(str(sqlite3.IntegrityError("UNIQUE constraint failed: base_people.phone_digest"))) == (
        "UNIQUE constraint failed: base_people.phone_digest"
    )
