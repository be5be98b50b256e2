"""Documents named by a hash: sent once and kept, or registered, and then perhaps nothing else."""

import json
from collections.abc import Callable
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from wangge._host.app import create_app
from wangge._host.cli import app
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import World

NAME = "query Name { district { name } }"
CODE = "query Code($code: String!) { grid(code: $code) { code } }"
CHANGE = 'mutation { suspendPlugin(input: { slug: "volunteer_points" }) { userErrors { code } } }'


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def apollo(text: str, *, version: int = 1) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": version, "sha256Hash": digest(text)}}}


def named(text: str) -> dict[str, Any]:
    return {"documentId": f"sha256:{digest(text)}"}


class Asking:
    """Sends bodies to one district and returns status, codes and data."""

    def __init__(self, district: TestDistrict, role: str | None = "district_admin") -> None:
        self._district = district
        self._path = f"/{district.code}/graphql"
        self.headers = district.client(role).headers

    async def post(self, **body: Any) -> tuple[int, list[str], Any]:
        return _told(await self._district.http.post(self._path, json=body, headers=self.headers))

    async def get(self, **parameters: Any) -> tuple[int, list[str], Any]:
        given = {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in parameters.items()
        }
        return _told(await self._district.http.get(self._path, params=given, headers=self.headers))


def _told(answer: httpx.Response) -> tuple[int, list[str], Any]:
    body = answer.json()
    return (
        answer.status_code,
        [error["extensions"]["code"] for error in body.get("errors", [])],
        body.get("data"),
    )


def serving(server: Server, **settings: Any) -> TestDistrict:
    """Return a district behind an application with other settings."""
    server.settings = server.settings.model_copy(update=settings)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(server)), base_url="http://wangge.test")
    return TestDistrict(server, http)


FOUND: tuple[int, list[str], Any] = (200, [], {"district": {"name": "寒亭区"}})
UNKNOWN = (400, ["PERSISTED_QUERY_NOT_FOUND"], None)
REFUSED = (403, ["DOCUMENT_NOT_REGISTERED"], None)


async def test_a_document_is_sent_once_and_then_named(district: TestDistrict) -> None:
    asking = Asking(district)

    assert await asking.post(**apollo(NAME)) == UNKNOWN
    assert await asking.post(query=NAME, **apollo(NAME)) == FOUND
    assert await asking.post(**apollo(NAME)) == FOUND
    assert await asking.get(**apollo(NAME)) == FOUND
    assert await asking.post(**named(NAME)) == FOUND
    assert await asking.get(**named(NAME)) == FOUND
    assert await asking.post(**apollo(NAME), operationName="Other") == (400, ["BAD_REQUEST"], None)


async def test_a_document_may_be_sent_by_get_first(district: TestDistrict) -> None:
    asking = Asking(district)
    variables = {"code": "370703001"}

    assert (await asking.get(query=CODE, variables=variables, **apollo(CODE)))[2] == {
        "grid": {"code": "370703001"}
    }
    assert (await asking.post(variables=variables, **apollo(CODE)))[2] == {"grid": {"code": "370703001"}}


async def test_clients_are_told_in_the_words_they_know(district: TestDistrict) -> None:
    for language in ("en", "zh-CN"):
        client = district.client("district_admin", language=language)
        path = f"/{district.code}/graphql"
        answer = await district.http.post(path, json=apollo(NAME), headers=client.headers)
        old = await district.http.post(
            path, json=apollo(NAME), headers={**client.headers, "accept": "application/json"}
        )

        (error,) = answer.json()["errors"]
        assert error["message"] == "PersistedQueryNotFound"
        assert (answer.status_code, old.status_code) == (400, 200)


async def test_a_hash_of_another_document_is_refused_and_nothing_kept(district: TestDistrict) -> None:
    asking = Asking(district)

    mismatch = await asking.post(query=CODE, **apollo(NAME))

    assert mismatch == (400, ["PERSISTED_QUERY_MISMATCH"], None)
    assert await asking.post(**apollo(NAME)) == UNKNOWN
    assert await asking.post(**apollo(CODE)) == UNKNOWN


async def test_what_cannot_run_is_not_kept(district: TestDistrict) -> None:
    asking = Asking(district)
    wrong = "{ nothing }"

    assert (await asking.post(query=wrong, **apollo(wrong)))[1] == ["GRAPHQL_VALIDATION_FAILED"]
    assert await asking.post(**apollo(wrong)) == UNKNOWN


async def test_mutations_stay_with_post(district: TestDistrict) -> None:
    asking = Asking(district, "grid_worker")
    await asking.post(query=CHANGE, **apollo(CHANGE))

    assert await asking.get(**apollo(CHANGE)) == (405, ["METHOD_NOT_ALLOWED"], None)


ODD: tuple[dict[str, Any], ...] = (
    {"extensions": {"persistedQuery": 1}},
    {"extensions": {"persistedQuery": {}}},
    {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "0" * 64}}},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 1}}},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x" * 64}}},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 63}}},
    {"documentId": 1},
    {"documentId": ""},
    {"documentId": "md5:0"},
    {"documentId": "sha256:"},
    {"documentId": "x" * 129},
    {"documentId": "sha256:" + "0" * 64, "query": 1},
    {"documentId": "sha256:" + "0" * 64, "query": ""},
)


async def test_odd_names_are_refused(district: TestDistrict) -> None:
    asking = Asking(district)
    for body in ODD:
        assert await asking.post(**body) == (400, ["BAD_REQUEST"], None), body


async def test_the_oldest_leave_and_nothing_is_kept_without_room(server: Server) -> None:
    texts = [f"query Q{n} {{ district {{ name }} }}" for n in range(3)]
    asking = Asking(serving(server, persisted_cache=2))
    for text in texts:
        assert await asking.post(query=text, **apollo(text)) == FOUND

    assert [(await asking.post(**apollo(text)))[0] for text in texts] == [400, 200, 200]
    none = Asking(serving(server, persisted_cache=0))
    await none.post(query=NAME, **apollo(NAME))
    assert await none.post(**apollo(NAME)) == UNKNOWN


async def test_districts_keep_their_own(district: TestDistrict, other_district: TestDistrict) -> None:
    await Asking(district).post(query=NAME, **apollo(NAME))

    assert await Asking(other_district).post(**apollo(NAME)) == UNKNOWN


async def test_registered_documents_are_known_by_hash_and_name(server: Server) -> None:
    await server.catalog.add_documents("370703", {digest(NAME): NAME, "Name": NAME})
    await server.reload()
    asking = Asking(serving(server))

    for body in (apollo(NAME), named(NAME), {"documentId": "Name"}, {"documentId": digest(NAME)}):
        assert await asking.post(**body) == FOUND
    assert await asking.get(documentId="Name") == FOUND
    assert await asking.post(documentId="Other") == UNKNOWN


async def test_a_server_may_run_registered_documents_alone(server: Server) -> None:
    await server.catalog.add_documents("370703", {digest(NAME): NAME})
    await server.reload()
    district = serving(server, trusted_documents="only")
    asking = Asking(district)
    browser = {"accept": "text/html,*/*;q=0.8"}

    assert await asking.post(**named(NAME)) == FOUND
    assert await asking.post(query=NAME) == FOUND
    assert await asking.post(query=NAME, **apollo(NAME)) == FOUND
    assert await asking.post(query=f"{NAME} ") == REFUSED
    assert await asking.post(query=CODE, variables={"code": "370703"}) == REFUSED
    assert await asking.post(query=CODE, **apollo(CODE)) == REFUSED
    assert await asking.post(**apollo(CODE)) == REFUSED
    assert await asking.post(query="{ __schema { queryType { name } } }") == REFUSED
    assert await asking.post(query=CHANGE) == REFUSED
    assert (await district.http.get("/370703/graphql", headers=browser)).status_code == 403
    assert "volunteer_points" in server.district("370703").record.enabled


async def test_preferred_documents_leave_the_others_to_the_log(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "wangge._host.http.persisted.log.info", lambda _text, **values: noted.append(values), raising=False
    )
    await server.catalog.add_documents("370703", {digest(NAME): NAME})
    await server.reload()
    asking = Asking(serving(server, trusted_documents="prefer"))

    assert await asking.post(query=NAME) == FOUND
    assert (await asking.post(query="{ district { name } }"))[0] == 200

    assert noted == [{"district": "370703", "document": digest("{ district { name } }")}]


async def test_what_is_removed_is_not_known_any_more(server: Server) -> None:
    asking = Asking(serving(server, trusted_documents="only"))
    await server.catalog.add_documents("370703", {digest(NAME): NAME})
    await server.reload()
    assert await asking.post(**named(NAME)) == FOUND

    await server.catalog.remove_documents("370703", [digest(NAME)])
    await server.reload()

    assert await asking.post(**named(NAME)) == REFUSED


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `wangge documents …` over the world's data."""
    monkeypatch.setenv("WANGGE_DATA", str(world.settings.data))
    if world.settings.catalog_url:
        monkeypatch.setenv("WANGGE_CATALOG_URL", world.settings.catalog_url)

    def invoke(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["documents", *arguments, "--district", "370703"])
        told = str(done.exception) if done.exception is not None and done.exit_code == 1 else ""
        return done.exit_code, done.output + told

    return invoke


def _ids(run: Run) -> list[str]:
    shown = run("list", "--json")[1]
    return [row["id"] for row in json.loads(shown)]


def test_what_builds_write_is_registered(run: Run, tmp_path: Path) -> None:
    relay = tmp_path / "persisted.json"
    names = {md5(CODE.encode(), usedforsecurity=False).hexdigest(): CODE, digest(NAME): NAME}
    relay.write_text(json.dumps(names), encoding="utf-8")
    plain = tmp_path / "change.graphql"
    plain.write_text(CHANGE, encoding="utf-8")

    first = run("register", str(relay), str(plain))
    again = run("register", str(relay))

    assert first == (0, "3 documents are registered in 370703, 4 of their ids are new.\n")
    assert again == (0, "2 documents are registered in 370703, 0 of their ids are new.\n")
    assert _ids(run) == sorted([*names, digest(CODE), digest(CHANGE)])
    assert run("remove", digest(CHANGE)) == (0, "1 ids are gone from 370703.\n")
    assert _ids(run) == sorted([*names, digest(CODE)])


def test_one_bad_document_keeps_all_out(run: Run, tmp_path: Path) -> None:
    good = tmp_path / "good.graphql"
    good.write_text(NAME, encoding="utf-8")
    bad: dict[str, tuple[str, str]] = {
        "unknown.graphql": ("{ nothing }", "Cannot query field 'nothing'"),
        "broken.graphql": ("{ district {", "Syntax Error"),
        "large.graphql": ("{ district { " + "name " * 600 + "} }", "at most 500"),
        "null.graphql": ('{ grid(code: "\\u0000") { id } }', "null characters"),
        "list.json": ("[]", "no map of hashes"),
        "no.json": ("{", "is no JSON"),
        "wrong.json": (json.dumps({digest(CODE): NAME}), "is not the SHA-256"),
        "colon.json": (json.dumps({"md5:1": NAME}), "is no id"),
    }
    for name, (text, told) in bad.items():
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        code, output = run("register", str(good), str(file))
        assert code == 1, name
        assert told in output.replace("\n", ""), (name, output)
    assert run("register", str(tmp_path / "none.graphql"))[0] == 1
    assert run("remove", "none")[0] == 1

    assert _ids(run) == []


def test_an_id_stays_its_documents(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    file.write_text(json.dumps({"Name": NAME}), encoding="utf-8")
    assert run("register", str(file))[0] == 0
    file.write_text(json.dumps({"Name": CODE}), encoding="utf-8")

    code, output = run("register", str(file))

    assert (code, "another document" in output) == (1, True)
    assert _ids(run) == sorted([digest(NAME), "Name"])
