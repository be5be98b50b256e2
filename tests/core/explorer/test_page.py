"""The explorer page over HTTP: what it tells to whom, its files, and the policy that binds it."""

import json
import re
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from wangge._host.app import create_app
from wangge._host.examples import examples_of
from wangge._host.http.explorer import Assets, DemoTokens
from wangge._host.http.explorer.assets import BUNDLED, MANIFEST, OWN
from wangge._host.lifecycle import suspend
from wangge._host.runtime import Server
from wangge._host.settings import Settings
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, OTHER

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TOKENS = DemoTokens(DISTRICT, {"grid_worker": "a.demo.token"})
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder as the build of GraphiQL leaves it, and a file beside it that nobody may have."""
    (tmp_path / "secret.js").write_text("no", encoding="utf-8")
    folder = tmp_path / "graphiql"
    folder.mkdir()
    (folder / "main-AB12.js").write_text("export {};", encoding="utf-8")
    (folder / "main-AB12.js.gz").write_bytes(b"\x1f\x8b packed")
    (folder / "main-CD34.css").write_text("body {}", encoding="utf-8")
    made = {"script": "main-AB12.js", "style": "main-CD34.css"}
    (folder / "manifest.json").write_text(json.dumps(made), encoding="utf-8")
    return folder


@pytest.fixture
async def demo(server: Server, bundle: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The server as `wangge demo` runs it, with GraphiQL, asked from this machine."""
    transport = httpx.ASGITransport(create_app(server, TOKENS, Assets(bundle)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


def facts(page: httpx.Response) -> dict[str, Any]:
    """Return what the page tells its script."""
    found = re.search(r'<script type="application/json" id="facts">(.*?)</script>', page.text, re.S)
    assert found is not None
    told: dict[str, Any] = json.loads(found[1])
    return told


async def test_browsers_are_shown_the_district_and_its_programmes(district: TestDistrict) -> None:
    page = await district.http.get(f"/{DISTRICT}/graphql", headers=BROWSER)

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["cache-control"] == "no-store"
    assert "<h1>寒亭区</h1>" in page.text
    titles = {"zh": "志愿积分", "en": "Volunteer points"}
    told = facts(page)
    assert told["programmes"] == [{"slug": "volunteer_points", "title": titles, "version": "0.1.0"}]
    assert (told["code"], told["name"], told["tokens"]) == (DISTRICT, "寒亭区", {})


async def test_a_programme_that_is_off_is_not_named(district: TestDistrict) -> None:
    await suspend(district.server.district(DISTRICT), "volunteer_points")

    page = await district.http.get(f"/{DISTRICT}/graphql", headers=BROWSER)

    assert facts(page)["programmes"] == []
    assert "volunteer_points" not in page.text


async def test_the_page_is_in_chinese_unless_the_browser_prefers_english(district: TestDistrict) -> None:
    async def language(header: str) -> str:
        page = await district.http.get(f"/{DISTRICT}/graphql", headers={**BROWSER, "accept-language": header})
        return page.text.partition('lang="')[2].partition('"')[0]

    assert await language("") == "zh-CN"
    assert await language("fr") == "zh-CN"
    assert await language("en-GB,zh;q=0.5") == "en"


async def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline(district: TestDistrict) -> None:
    page = await district.http.get(f"/{DISTRICT}/graphql?plain", headers=BROWSER)

    assert page.headers["content-security-policy"] == STRICT
    assert page.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"https?://|\son\w+=|<style|style=", page.text)
    assert re.findall(r"<script(?! type=\"application/json\")[^>]*>(.*?)</script>", page.text) == [""]


async def test_graphiql_alone_may_write_styles_into_the_page(demo: httpx.AsyncClient) -> None:
    bundled = await demo.get(f"/{DISTRICT}/graphql", headers=BROWSER)
    plain = await demo.get(f"/{DISTRICT}/graphql?plain", headers=BROWSER)

    assert facts(bundled)["graphiql"] == {"script": "main-AB12.js", "style": "main-CD34.css"}
    policy = bundled.headers["content-security-policy"]
    assert "script-src 'self'; style-src 'self' 'unsafe-inline'; " in policy
    assert "worker-src 'self'" in policy
    assert plain.headers["content-security-policy"] == STRICT


async def test_a_name_with_markup_stays_text(server: Server, district: TestDistrict) -> None:
    runtime = server.district(OTHER)
    object.__setattr__(runtime.info, "name", "</script><b>安丘")

    page = await district.http.get(f"/{OTHER}/graphql", headers=BROWSER)

    assert "<b>" not in page.text
    assert facts(page)["name"] == "</script><b>安丘"


async def test_the_demo_offers_its_tokens_on_this_machine(demo: httpx.AsyncClient) -> None:
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000", "localhost"):
        page = await demo.get(f"/{DISTRICT}/graphql", headers={**BROWSER, "host": host})
        assert facts(page)["tokens"] == {"grid_worker": "a.demo.token"}, host


async def test_the_demo_offers_its_tokens_to_nobody_else(
    demo: httpx.AsyncClient, server: Server, district: TestDistrict
) -> None:
    for host in ("demo.example", "127.0.0.1.demo.example:8000", "10.0.0.7:8000", ""):
        page = await demo.get(f"/{DISTRICT}/graphql", headers={**BROWSER, "host": host})
        assert "a.demo.token" not in page.text, host
    other = await demo.get(f"/{OTHER}/graphql", headers=BROWSER)
    assert facts(other)["tokens"] == {}
    app = create_app(server, TOKENS)
    far = httpx.ASGITransport(app, client=("10.0.0.7", 4711))
    async with httpx.AsyncClient(transport=far, base_url="http://127.0.0.1:8000") as client:
        page = await client.get(f"/{DISTRICT}/graphql", headers=BROWSER)
    assert facts(page)["tokens"] == {}


async def test_the_examples_are_for_those_who_may_see_the_schema(district: TestDistrict) -> None:
    async def ask(role: str | None, code: str = DISTRICT) -> httpx.Response:
        token = {"authorization": f"Bearer {district.token(role)}"} if role else {}
        return await district.http.get(f"/{code}/examples.json", headers=token)

    stranger, resident = await ask(None), await ask("resident")

    assert (stranger.status_code, stranger.json()["errors"][0]["extensions"]["code"]) == (
        401,
        "UNAUTHENTICATED",
    )
    shown = {one["slug"]: [example["name"] for example in one["examples"]] for one in resident.json()}
    packages = {"base": "wangge_schema", "volunteer_points": "wangge_volunteer_points"}
    assert shown == {slug: [one.name for one in examples_of(package)] for slug, package in packages.items()}
    district.server.settings = district.server.settings.model_copy(update={"introspection": False})
    assert (await ask("resident")).status_code == 401


async def test_an_example_is_shown_with_what_its_head_says(district: TestDistrict) -> None:
    token = {"authorization": f"Bearer {district.token('resident')}"}
    base = (await district.http.get(f"/{DISTRICT}/examples.json", headers=token)).json()[0]

    example = next(one for one in base["examples"] if one["name"] == "6_on_duty")

    assert example["title"] == {
        "zh": "谁负责这里：岗位与公示电话",
        "en": "Who serves here: posts and published phones",
    }
    assert (example["role"], example["variables"]) == ("resident", '{"code": "370703001001"}')
    assert example["query"].startswith("query OnDuty(")


def test_a_head_that_says_nothing_keeps_no_example_from_showing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "odd_examples"
    (package / "examples").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "examples" / "bare.graphql").write_text("{ district { name } }", encoding="utf-8")
    (package / "examples" / "odd.graphql").write_text("# role:\n# variables: {\n{ a }", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    bare, odd = examples_of("odd_examples")

    assert (bare.zh, bare.en, bare.role, bare.variables) == ("bare", "bare", None, "{}")
    assert (odd.zh, odd.role, odd.variables, odd.query) == ("odd", "", "{", "{ a }\n")


async def test_files_are_served_with_their_type_and_kept_as_long_as_they_stay_the_same(
    demo: httpx.AsyncClient,
) -> None:
    own = await demo.get("/explorer/shell.js")
    built = await demo.get("/explorer/main-CD34.css")
    again = await demo.get("/explorer/shell.js", headers={"if-none-match": own.headers["etag"]})

    assert own.headers["content-type"] == "text/javascript; charset=utf-8"
    assert own.headers["cache-control"] == "no-cache"
    assert own.text == (OWN / "shell.js").read_text(encoding="utf-8")
    assert again.status_code == 304
    assert built.headers["content-type"] == "text/css; charset=utf-8"
    assert built.headers["cache-control"] == "public, max-age=31536000, immutable"
    for answer in (own, built):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'"


async def test_files_are_sent_packed_to_those_who_take_them_so(demo: httpx.AsyncClient) -> None:
    async with demo.stream("GET", "/explorer/main-AB12.js", headers={"accept-encoding": "gzip"}) as answer:
        packed = b"".join([part async for part in answer.aiter_raw()])
    plain = await demo.get("/explorer/main-AB12.js", headers={"accept-encoding": "identity"})

    assert (packed, answer.headers["content-encoding"]) == (b"\x1f\x8b packed", "gzip")
    assert (plain.text, plain.headers["vary"]) == ("export {};", "accept-encoding")


async def test_no_other_file_can_be_had(demo: httpx.AsyncClient, bundle: Path) -> None:
    for name in (
        *("page.html", "manifest.json", "main-AB12.js.gz", "__init__.py", "assets.py", "", "."),
        *("../secret.js", "..%2fsecret.js", "%2e%2e/secret.js", "..%5csecret.js", "....//secret.js"),
        *(f"%2f{bundle.parent.as_posix()}/secret.js", "secret.js", "shell.js%00.css", "/etc/passwd"),
    ):
        answer = await demo.get(f"/explorer/{name}")
        assert answer.status_code == 404, name
        assert "no\n" not in answer.text or "no such file" in answer.text


async def test_where_the_operator_forbids_it_there_is_neither_page_nor_file(
    server: Server, district: TestDistrict
) -> None:
    server.settings = server.settings.model_copy(update={"graphiql": False})
    transport = httpx.ASGITransport(create_app(server, TOKENS))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        page = await client.get(f"/{DISTRICT}/graphql", headers={"accept": "text/html"})
        file = await client.get("/explorer/shell.js")

    assert page.status_code == 406
    assert file.status_code == 404
    assert Settings.model_fields["graphiql"].default is True


def test_the_bundle_lies_where_the_wheel_and_the_image_take_it_from_and_git_does_not() -> None:
    root = OWN.parents[5]
    folder = BUNDLED.relative_to(root).as_posix()
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    hook = root / settings["targets"]["wheel"]["hooks"]["custom"]["path"]

    assert settings["artifacts"] == [f"{folder}/*"]
    assert f'"{folder}/{MANIFEST}"' in hook.read_text(encoding="utf-8")
    assert f"{folder}/" in (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    image = (root / "core/Dockerfile").read_text(encoding="utf-8")
    assert f"COPY --from=explorer /src/{folder} {folder}" in image
    assert hook.relative_to(root).as_posix() in image


def test_what_the_bundle_is_made_of_is_said_exactly() -> None:
    package = json.loads((OWN.parents[5] / "core/explorer/package.json").read_text(encoding="utf-8"))

    for name, version in {**package["dependencies"], **package["overrides"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name


def test_no_script_of_the_page_makes_markup_or_code_of_text() -> None:
    odd = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage"
    )

    assert [path.name for path in OWN.glob("*.js") if odd.search(path.read_text(encoding="utf-8"))] == []
