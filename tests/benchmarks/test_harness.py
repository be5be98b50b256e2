"""The harness itself: its sums, its load generator, its reports, and the district that it seeds. No times."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from .bars import judge, ratio
from .data import places, residents, volunteers
from .data.shape import FULL, SMALL, row_id
from .database import SCHEMA, Bench, bench_of, clean, prepare
from .figures import Measurement, percentile, spread, summarise
from .load import body_of, drive, http_request
from .plot import bars_of_rates, lines
from .report import write_report
from .setting import Setting
from .workload import QUERIES, document, find_targets, leaves, newcomer, numbered, opaque, plain

Answer = Callable[[bytes], Awaitable[bytes]]
URL = os.environ.get("WANGGE_TEST_POSTGRES_URL")


def measurement(peer: str, rate: float, number: int = 1, query: str = "Q1") -> Measurement:
    return Measurement(peer, query, number, 10, rate, 1.0, 2.0, 0.5, 0.25, 100.0, 300)


def setting() -> Setting:
    return Setting(
        "now", "a machine", 0.0, 0.0, "abc", {"python": "3"}, {"jit": "off"}, {"people": 3}, 1, 1, 1
    )


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[int]:
    """Serve on a free port: whole requests in, whole answers out."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                writer.write(await answer(await reader.readexactly(length)))
        except (asyncio.IncompleteReadError, ConnectionResetError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def told(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_percentiles_are_values_that_were_measured() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]

    assert percentile(values, 0.5) == 3.0
    assert percentile(values, 0.99) == 5.0
    assert percentile([7.0], 0.01) == 7.0


def test_a_summary_holds_median_and_spread_of_each_figure() -> None:
    rounds = [measurement("limit", rate, number) for number, rate in enumerate((10.0, 30.0, 20.0), 1)]

    found = summarise([*rounds, measurement("wangge", 8.0, 1), measurement("wangge", 2.0, 3)])

    assert found["Q1"]["limit"]["rate"] == spread({1: 10.0, 2: 30.0, 3: 20.0})
    assert (found["Q1"]["limit"]["rate"].median, found["Q1"]["limit"]["rate"].most) == (20.0, 30.0)
    compared = ratio(found, "Q1", "wangge", "limit")
    assert compared is not None
    assert compared.rounds == {1: 0.8, 3: 0.1}
    assert (compared.least, compared.most) == (0.1, 0.8)
    assert ratio(found, "Q1", "wangge", "mercurius") is None


def test_bars_are_judged_where_both_sides_were_measured() -> None:
    summary = summarise([measurement("limit", 100.0), measurement("wangge", 80.0)])

    verdicts = {(one.bar.query, one.bar.peer): one for one in judge(summary)}

    assert verdicts["Q1", "limit"].reached is True
    assert verdicts["Q1", "postgraphile"].reached is None
    assert verdicts["Q3", "limit"].reached is None


def test_a_report_is_markdown_json_and_a_plot(tmp_path: Path) -> None:
    measured = [measurement("limit", 100.0), measurement("wangge", 50.0)]

    path = write_report(tmp_path, setting(), measured, {"mercurius": "npm is not installed"})

    text = path.read_text(encoding="utf-8")
    assert "| Q1 | limit | 0.8 | 0.50 (0.50–0.50) | **no** |" in text
    assert "- mercurius: npm is not installed" in text
    assert sorted(one.name for one in tmp_path.iterdir()) == ["rates.svg", "report.json", "report.md"]
    assert bars_of_rates(summarise(measured)).count("<title>") == 2
    assert lines("t", {"a": [(1, 5), (100, 7)]}, across="x", upwards="y").count("<circle") == 2


async def test_the_load_is_bounded_in_number_and_asks_in_order() -> None:
    asked: list[bytes] = []

    async def answer(body: bytes) -> bytes:
        asked.append(body)
        return told(b'{"data":{}}')

    async with serving(answer) as port:
        done = await drive(
            port,
            lambda n: http_request(port, "/graphql", "token", b"%d" % n),
            connections=1,
            seconds=30,
            most=25,
            first=100,
        )

    assert asked == [b"%d" % n for n in range(100, 125)]
    assert (len(done.latencies), done.faults, done.size) == (25, [], 11)


async def test_answers_in_pieces_and_chunks_are_whole_answers() -> None:
    chunked = (
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"data\r\n3\r\n":1\r\n1\r\n}\r\n0\r\n\r\n'
    )

    async def answer(body: bytes) -> bytes:
        await asyncio.sleep(0)
        return chunked

    async with serving(answer) as port:
        done = await drive(
            port, lambda n: http_request(port, "/", None, b"{}"), connections=4, seconds=30, most=40
        )

    assert (len(done.latencies), done.faults) == (40, [])
    assert body_of(chunked) == b'{"data":1}'
    assert body_of(told(b"{}")) == b"{}"


@pytest.mark.parametrize(
    "wrong", [told(b'{"errors":[]}'), told(b"{}", "500 Internal Server Error")], ids=["errors", "status"]
)
async def test_a_wrong_answer_is_a_fault_and_ends_the_load(wrong: bytes) -> None:
    async def answer(body: bytes) -> bytes:
        return wrong

    async with serving(answer) as port:
        done = await drive(
            port, lambda n: http_request(port, "/", None, b"{}"), connections=1, seconds=30, most=1000
        )

    assert len(done.faults) == 6
    assert len(done.latencies) == 6


def test_keys_of_rows_are_ordered_and_apart() -> None:
    keys = [row_id(kind, index) for kind in (1, 2) for index in range(1000)]

    assert len(set(keys)) == 2000
    assert keys[:1000] == sorted(keys[:1000])
    assert {key.version for key in keys} == {7}


def test_the_district_has_the_size_of_the_bars() -> None:
    assert FULL.counts == {
        "streets": 10,
        "communities": 100,
        "compounds": 1000,
        "buildings": 10_000,
        "households": 100_000,
        "people": 300_000,
        "volunteers": 100_000,
        "teams": 1000,
    }


def test_rows_are_the_same_every_time_and_fit_their_columns() -> None:
    def made() -> list[tuple[object, ...]]:
        found = places.grids(SMALL, UUID(int=0))
        buildings = [grid for grid in found if grid.depth == 4]
        compounds = [grid for grid in found if grid.depth == 3]
        rows = list(residents.people(SMALL, buildings))
        assert {len(row) for row in rows} == {len(residents.PERSON_COLUMNS)}
        members = list(volunteers.members(SMALL, buildings, compounds))
        assert {len(row) for row in members} == {len(volunteers.MEMBER_COLUMNS)}
        assert max(Counter(row[1:3] for row in members).values()) == 1
        records = list(volunteers.records(SMALL, buildings))
        assert {len(row) for row in records} == {len(volunteers.RECORD_COLUMNS)}
        return [*rows, *members, *records]

    assert made() == made()


def test_newcomers_differ_and_their_numbers_say_their_sex() -> None:
    several = [newcomer(n) for n in range(3000)]

    assert len({one["documentNumber"] for one in several}) == 3000
    assert all(len(one["documentNumber"]) == 18 for one in several)
    assert all((int(one["documentNumber"][16]) % 2 == 1) == (one["sex"] == "MALE") for one in several)


def test_every_query_has_a_document_of_this_server() -> None:
    assert all(document("wangge", query) for query in QUERIES)
    assert document("postgraphile", "Q8") is None


def test_leaves_are_what_an_answer_says_whatever_its_shape() -> None:
    one = {"people": {"edges": [{"node": {"name": "王伟", "household": {"number": "H1"}}}]}}
    other = {"allPeople": [{"household": {"number": "H1"}, "name": "王伟", "grid": None}]}

    assert leaves(one) == leaves(other) == ["H1", "王伟"]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A small district of the test's own, made and dropped again."""
    if URL is None:
        pytest.skip("PostgreSQL is not configured")
    named = bench_of(SMALL, URL, tmp_path)
    own = Bench(SMALL, named.url.replace(named.name, f"{named.name}_test_{os.getpid()}"), tmp_path / "keys")
    await prepare(own, URL, lambda text: None)
    yield own
    connection = await asyncpg.connect(URL.replace("+asyncpg", ""))
    await connection.execute(f'DROP DATABASE "{own.name}" WITH (FORCE)')
    await connection.close()


async def test_a_small_district_is_seeded_once_and_cleaned_and_asked_alike(bench: Bench) -> None:
    assert URL is not None  # the fixture skips without
    said: list[str] = []
    await prepare(bench, URL, said.append)  # what is there is used again
    targets = await find_targets(bench)
    connection = await asyncpg.connect(bench.url)
    try:
        people = await connection.fetchval(f"SELECT count(*) FROM {SCHEMA}.base_people")
        within = await connection.fetchval(
            f"SELECT count(*) FROM {SCHEMA}.base_people WHERE anc_1 = $1", targets.street_number
        )
        await connection.execute(
            f"INSERT INTO {SCHEMA}.base_people (id, name, document_type, document_number_masked, grid_id,"
            " created_at, updated_at) VALUES (gen_random_uuid(), 'x', 'NONE', '', $1, now(), now())",
            targets.street,
        )
        await clean(bench)
        after = await connection.fetchval(f"SELECT count(*) FROM {SCHEMA}.base_people")
    finally:
        await connection.close()

    assert said == []
    assert (people, within, after) == (3000, 1500, 3000)
    assert len(targets.communities) == 2
    for n in (0, 1, 4321):
        assert opaque(targets, "Q1", n)["id"] == "Person_" + plain(targets, "Q1", n)["id"].replace("-", "")
        community = UUID(plain(targets, "Q2", n)["community"])
        assert dict(targets.communities)[community] == numbered(targets, "Q2", n)["community"]
