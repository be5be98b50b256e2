"""`wangge documents`: what a district's frontends may ask, registered by its hash."""

import json
from pathlib import Path
from typing import Annotated

import typer

from wangge._host.cli.session import DataOption, DistrictOption, JsonOption, err, open_server, run, show
from wangge._host.compose import ComposedSchema
from wangge._host.compose.names import owners_of
from wangge._host.http.documents import Documents, Prepared
from wangge._host.http.limits import Limits
from wangge._host.http.persisted import hash_of
from wangge._host.http.protocol import operation_of
from wangge._host.runtime import Server
from wangge.errors import ConfigurationError, RequestError

app = typer.Typer(help="Documents that frontends name by hash.", no_args_is_help=True, rich_markup_mode=None)
MAX_ID = 128


class InvalidDocuments(Exception):
    """Raise when documents do not fit the district's schema; holds a line for each error."""


@app.command("register")
def register(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="A JSON map of hash to text, or .graphql files.")
    ],
    district: DistrictOption,
    data: DataOption = None,
) -> None:
    """Register documents in a district, all or none, each after it was validated against its schema.

    FILE is what a frontend's build writes (graphql-codegen's or Relay's JSON of hash and text), or a .graphql
    file that holds one document. Each is known by its SHA-256, and by the name that the JSON gives it.

    Example: wangge documents register persisted-documents.json --district 370703
    """
    try:
        found, new = run(_register(data, district, files))
    except InvalidDocuments as invalid:
        err.print(str(invalid), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from None
    typer.echo(f"{found} documents are registered in {district}, {new} of their ids are new.")


@app.command("list")
def list_documents(district: DistrictOption, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the registered documents of a district by their ids.

    Example: wangge documents list --district 370703
    """
    rows = run(_list(data, district))
    show("Documents", ("id", "registered", "text"), rows, as_json=as_json)


@app.command("remove")
def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="As `wangge documents list` has them.")],
    district: DistrictOption,
    data: DataOption = None,
) -> None:
    """Take documents out by their ids; frontends that still name them are refused.

    Example: wangge documents remove 5b2c1f --district 370703
    """
    run(_remove(data, district, ids))
    typer.echo(f"{len(ids)} ids are gone from {district}.")


async def _register(data: Path | None, code: str, files: list[Path]) -> tuple[int, int]:
    texts = [found for file in files for found in _read(file)]
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        _check(server, await district.schema(), texts)
        by_id = {hash_of(text): text for _, text in texts}
        several = len(by_id)
        for id, text in texts:
            if by_id.setdefault(id, text) != text:
                raise ConfigurationError(f"{id} is the id of two documents.")
        new = await server.catalog.add_documents(code, by_id)
        async with district.work() as ctx:
            ctx.audit("platform.documents.registered", detail={"documents": several, "new": new})
        return several, new


async def _list(data: Path | None, code: str) -> list[tuple[str, str, str]]:
    async with open_server(data) as server:
        server.district(code)
        found = await server.catalog.documents(code)
        return [(one.id, one.registered_at.isoformat(timespec="seconds"), one.text) for one in found]


async def _remove(data: Path | None, code: str, ids: list[str]) -> None:
    async with open_server(data) as server:
        district = server.district(code)
        known = {one.id for one in await server.catalog.documents(code)}
        for id in ids:
            if id not in known:
                raise ConfigurationError(f"{id} is not registered in {code}: see `wangge documents list`.")
        await server.catalog.remove_documents(code, ids)
        async with district.work() as ctx:
            ctx.audit("platform.documents.removed", detail={"ids": ids})


def _read(file: Path) -> list[tuple[str, str]]:
    """Return the documents of a file with their ids."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not text in UTF-8.") from error
    if file.suffix != ".json":
        return [(hash_of(text), text)]
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{file} is no JSON: {error}.") from error
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise ConfigurationError(f"{file} is no map of hashes to documents.")
    return [(_checked(file, id, one), one) for id, one in found.items()]


def _checked(file: Path, id: str, text: str) -> str:
    id = id.removeprefix("sha256:")
    if not 0 < len(id) <= MAX_ID or ":" in id:
        raise ConfigurationError(f"{file}: {id[:20]!r}… is no id of at most {MAX_ID} characters.")
    if len(id) == 64 and all(one in "0123456789abcdef" for one in id) and id != hash_of(text):
        raise ConfigurationError(f"{file}: {id} is not the SHA-256 of its document.")
    return id


def _check(server: Server, composed: ComposedSchema, texts: list[tuple[str, str]]) -> None:
    """Insist that each document is one which the server would run.

    Raises:
        InvalidDocuments: naming all that is wrong.
    """
    documents = Documents(1, Limits.of(server.settings), *owners_of(server.plugins))
    lines: list[str] = []
    for id, text in texts:
        try:
            operation_of({"query": text})
            found = documents.prepare(composed, text)
        except RequestError as error:
            lines.append(f"Error: {id}: {error}")
            continue
        lines += [] if isinstance(found, Prepared) else [f"Error: {id}: {one.message}" for one in found]
    if lines:
        raise InvalidDocuments("\n".join([*lines, "Nothing was registered."]))
