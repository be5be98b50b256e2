"""Files come in from the signed-in alone, within bounds, and wait; what is wrong is refused with a code."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select
from tests.core.files.conftest import JPEG, NOON, PNG, Lamps, serving

from wangge import Account
from wangge._host.plugins import PluginManager
from wangge.testing.worlds import DISTRICT, OTHER, World


def code_of(answer: httpx.Response) -> str:
    """Return the code of a refusal."""
    [error] = answer.json()["errors"]
    return str(error["extensions"]["code"])


async def test_a_file_is_stored_and_waits(lamps: Lamps) -> None:
    answer = await lamps.send(PNG, "%E8%B7%AF%E7%81%AF.png", content_type="text/html")

    [stored] = await lamps.stored()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": f"File_{stored.id.hex}",
        "name": "路灯.png",
        "mediaType": "image/png",
        "size": len(PNG),
    }
    assert (stored.size, stored.sha256, stored.created_at) == (264, hashlib.sha256(PNG).digest(), NOON)
    assert (stored.plugin, stored.table_name, stored.attached_at, stored.personal) == (
        None,
        None,
        None,
        False,
    )
    async with lamps.district.context() as ctx:
        subject = await ctx.db.scalar(select(Account.subject).where(Account.id == stored.account_id))
        assert subject == f"{DISTRICT}/district_admin"


@pytest.mark.parametrize(
    ("content", "name", "heads", "status", "code"),
    [
        (PNG, None, {}, 400, "FILE_NAME_INVALID"),
        (PNG, "%20", {}, 400, "FILE_NAME_INVALID"),
        (PNG, "..%2Fpasswd", {}, 400, "FILE_NAME_INVALID"),
        (PNG, "a%5Cb.png", {}, 400, "FILE_NAME_INVALID"),
        (PNG, "a%00b.png", {}, 400, "FILE_NAME_INVALID"),
        (PNG, "%ff.png", {}, 400, "FILE_NAME_INVALID"),
        (PNG, "a" * 256, {}, 400, "FILE_NAME_INVALID"),
        (b"", "a.png", {}, 400, "BAD_REQUEST"),
        (PNG, "a.png", {"content_encoding": "gzip"}, 400, "BAD_REQUEST"),
        (PNG, "a.png", {"content_type": "multipart/form-data; boundary=x"}, 400, "BAD_REQUEST"),
        (b"<html>", "a.png", {}, 415, "FILE_TYPE_REFUSED"),
        (b"MZ\x90", "a.png", {"content_type": "image/png"}, 415, "FILE_TYPE_REFUSED"),
    ],
)
async def test_what_is_wrong_is_refused_and_nothing_stored(
    lamps: Lamps, content: bytes, name: str | None, heads: dict[str, str], status: int, code: str
) -> None:
    answer = await lamps.send(content, name, **heads)

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert await lamps.stored() == []


async def test_only_a_header_that_other_sites_cannot_send_lets_a_file_in(lamps: Lamps) -> None:
    nobody = await lamps.send(PNG, role=None)
    forged = await lamps.send(PNG, role=None, authorization="Bearer nothing")
    elsewhere = await lamps.http.post(
        f"/{OTHER}/files",
        content=PNG,
        headers={
            "x-file-name": "a.png",
            "authorization": f"Bearer {lamps.district.token('district_admin')}",
        },
    )
    nowhere = await lamps.http.post("/999999/files", content=PNG)

    assert [(one.status_code, code_of(one)) for one in (nobody, forged, elsewhere, nowhere)] == [
        *[(401, "UNAUTHENTICATED")] * 3,
        (404, "DISTRICT_UNKNOWN"),
    ]
    assert nobody.headers["www-authenticate"] == "Bearer"
    assert await lamps.stored() == []


async def test_other_methods_are_told_to_post(lamps: Lamps) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = await lamps.http.request(method, f"/{DISTRICT}/files")
        assert (answer.status_code, code_of(answer)) == (405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"] == "POST"


async def test_refusals_speak_the_callers_language(lamps: Lamps) -> None:
    answer = await lamps.send(b"<html>", accept_language="zh-CN")

    assert answer.json()["errors"][0]["message"].startswith("此处不接受这种文件")


async def test_a_server_bounds_size_kinds_and_what_waits(world: World, programme: PluginManager) -> None:
    settings = {"file_limit": 300, "file_types": "image/png", "files_waiting": 2}
    async with serving(world, programme, **settings) as lamps:

        async def in_parts() -> AsyncIterator[bytes]:
            for _ in range(4):
                yield PNG[:100]

        token = f"Bearer {lamps.district.token('district_admin')}"
        heads = {"authorization": token, "x-file-name": "a.png"}
        large = await lamps.send(PNG + bytes(40))
        chunked = await lamps.http.post(f"/{DISTRICT}/files", content=in_parts(), headers=heads)
        other = await lamps.send(JPEG)
        assert [(one.status_code, code_of(one)) for one in (large, chunked, other)] == [
            (413, "BODY_TOO_LARGE"),
            (413, "BODY_TOO_LARGE"),
            (415, "FILE_TYPE_REFUSED"),
        ]
        assert await lamps.stored() == []

        first, _ = await lamps.sent(), await lamps.sent()
        third = await lamps.send(PNG)
        assert (third.status_code, code_of(third), len(await lamps.stored())) == (429, "FILES_WAITING", 2)
        await lamps.sent(role="resident")
        await lamps.set(plan=first)
        await lamps.sent()


async def test_a_body_that_does_not_end_is_given_up(world: World, programme: PluginManager) -> None:
    async with serving(world, programme, file_timeout=0.01) as lamps:

        async def stalling() -> AsyncIterator[bytes]:
            yield PNG
            await asyncio.Event().wait()

        heads = {
            "authorization": f"Bearer {lamps.district.token('district_admin')}",
            "x-file-name": "a.png",
        }
        answer = await lamps.http.post(f"/{DISTRICT}/files", content=stalling(), headers=heads)

        assert (answer.status_code, code_of(answer)) == (408, "BODY_TIMEOUT")
        assert await lamps.stored() == []
