"""`wangge explain`: which tier serves the operations of a document, and why."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from graphql.execution.values import get_variable_values

from wangge._host.accounts import account_principal, role_principal
from wangge._host.cli.session import DataOption, DistrictOption, JsonOption, err, open_server, print_json, run
from wangge._host.compose import ComposedSchema
from wangge._host.compose.names import owners_of
from wangge._host.http.documents import Documents, Prepared
from wangge._host.http.limits import Limits
from wangge._host.plans.explain import Explained, Reason, Shown, explain, statements_for
from wangge._host.plans.planner import plan_of, switch_values
from wangge._host.plans.selection import NotPlanned
from wangge._host.plans.slots import Asked
from wangge._host.plans.trace import TIERS
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.principal import Principal
from wangge.context import RequestContext
from wangge.errors import ConfigurationError

WORDS = {1: "one SQL statement", 2: "one SQL statement, some values in Python", 3: "graphql-core"}
SWITCHED_OFF = "WANGGE_SQL_PLANS is false here: such a server leaves everything to graphql-core."
READ_BACK = "its payload is read by one SQL statement"


class InvalidDocument(Exception):
    """Raise when a document does not fit the district's schema; holds a line for each error."""


@dataclass(frozen=True)
class _Asked:
    """What is to be explained, and for whom."""

    file: Path
    operation: str | None
    variables: dict[str, Any]  # JSON
    role: str | None
    account: str | None
    sql: bool


@dataclass
class _Found:
    """What is told of one operation.

    Attributes:
        explained: how it is served, whoever asks.
        caller: for whom it was looked at, if someone was named.
        refusal: what keeps this caller's request from SQL.
        statements: this caller's.
    """

    explained: Explained
    caller: str | None = None
    refusal: str | None = None
    statements: list[Shown] = field(default_factory=list)

    @property
    def tier(self) -> int:
        """The tier for the named caller, or for whoever asks."""
        return self.explained.tier if self.refusal is None else 3


def explain_file(
    file: Annotated[Path, typer.Argument(help="GraphQL document.")],
    district: DistrictOption,
    operation: Annotated[
        str | None, typer.Option(help="Name of the operation [default: each of the document].")
    ] = None,
    variables: Annotated[
        str | None, typer.Option(help="Variables as JSON, or @file that holds them.")
    ] = None,
    role: Annotated[str | None, typer.Option(help="As someone who holds this role would be served.")] = None,
    account: Annotated[str | None, typer.Option(help="As this account is served.")] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Show the caller's statements; nothing is run.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell which tier serves each operation of a document, and what keeps it from a lower one.

    With --role or --account, for that caller and these variables. No operation is run.

    Example: wangge explain people.graphql --district 370703 --role grid_worker --sql
    """
    if role is not None and account is not None:
        raise ConfigurationError("Name one: --role or --account.")
    if sql and role is None and account is None:
        raise ConfigurationError("Say for whom the statements are: --role or --account.")
    asked = _Asked(file, operation, _read_variables(variables), role, account, sql)
    try:
        found = run(_explain(data, district, asked))
    except InvalidDocument as invalid:
        err.print(str(invalid), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from None
    if as_json:
        print_json([_plain(one) for one in found])
    else:
        typer.echo("\n".join(line for one in found for line in _lines(one)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not text in UTF-8.") from error


def _read_variables(given: str | None) -> dict[str, Any]:  # JSON
    if given is None:
        return {}
    text = _read(Path(given[1:])) if given.startswith("@") else given
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"--variables is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise ConfigurationError("--variables must be a JSON object.")
    return found


async def _explain(data: Path | None, code: str, asked: _Asked) -> list[_Found]:
    text = _read(asked.file)
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        composed = await district.schema()
        prepared = _prepare(server, composed, asked.file, text)
        if not server.settings.sql_plans:
            err.print(SWITCHED_OFF, highlight=False)
        if asked.operation is not None and asked.operation not in prepared.operations:
            raise ConfigurationError(f"{asked.file} has no operation {asked.operation}.")
        names = [asked.operation] if asked.operation is not None else list(prepared.operations)
        caller = await _caller(district, asked)
        return [await _one(district, composed, prepared, name, asked, caller) for name in names]


def _prepare(server: Server, composed: ComposedSchema, file: Path, text: str) -> Prepared:
    """Return the document, checked as the server checks it."""
    documents = Documents(1, Limits.of(server.settings), *owners_of(server.plugins))
    prepared = documents.prepare(composed, text)
    if isinstance(prepared, Prepared):
        return prepared
    lines = []
    for error in prepared:
        places = [f":{one.line}:{one.column}" for one in error.locations or ()]
        lines.append(f"Error: {file}{places[0] if places else ''}: {error.message}")
    raise InvalidDocument("\n".join(lines))


async def _caller(district: DistrictRuntime, asked: _Asked) -> Principal | None:
    if asked.role is not None:
        return await role_principal(district, asked.role)
    return await account_principal(district, asked.account) if asked.account is not None else None


async def _one(
    district: DistrictRuntime,
    composed: ComposedSchema,
    prepared: Prepared,
    name: str | None,
    asked: _Asked,
    caller: Principal | None,
) -> _Found:
    operation = prepared.operation(name)
    switches = switch_values(prepared, operation, asked.variables)
    if switches is None:
        wanted = ", ".join(f"${one}" for one in prepared.switches)
        raise ConfigurationError(f"Give --variables: @skip and @include depend on {wanted}.")
    found = _Found(explain(composed, prepared.document, operation, switches))
    if caller is None:
        return found
    found.caller = f"account {asked.account}" if asked.account is not None else f"role {asked.role}"
    variables = get_variable_values(composed.schema, operation.variable_definitions or (), asked.variables)
    if isinstance(variables, list):
        raise ConfigurationError(f"--variables: {variables[0].message}")
    plan = plan_of(composed, prepared, name, asked.variables)
    if isinstance(plan, NotPlanned):
        return found
    async with district.context(caller) as ctx:

        async def context() -> RequestContext:
            """Return it for arguments that look something up."""
            return ctx  # type: ignore[no-any-return]  # contexts are opened untyped

        try:
            found.statements = await statements_for(
                plan, Asked(caller, variables, context, district.memory), district.record.place
            )
        except NotPlanned as refusal:
            found.refusal = str(refusal)
    if not asked.sql:
        found.statements = []
    return found


def _lines(found: _Found) -> list[str]:
    """Return what is told of an operation, for people."""
    explained = found.explained
    title = f"{explained.kind} {explained.name or ''}".strip()
    words = READ_BACK if explained.kind == "mutation" and explained.tier == 1 else WORDS[explained.tier]
    lines = [f"{title}: tier {explained.tier}, {words}"]
    for reason in explained.reasons:
        lines.append(f"  tier {reason.tier}: {reason.why}")
        lines += [f"          {reason.remedy}"] if reason.remedy else []
    lines.append(f"  callers need: {_needs(explained)}")
    if explained.shown_with:
        lines.append(f"  masked or null without: {', '.join(explained.shown_with)}")
    if found.caller is not None:
        refusal = f": {found.refusal}" if found.refusal is not None else ""
        lines.append(f"  for {found.caller}: tier {found.tier}{refusal}")
    for shown in found.statements:
        lines += _statement_lines(shown)
    return lines


def _needs(explained: Explained) -> str:
    if explained.permissions:
        return ", ".join(explained.permissions)
    return "to be signed in" if explained.signed_in else "nothing"


def _statement_lines(shown: Shown) -> list[str]:
    heading = f"  statement of {shown.field}" if shown.field else "  statement"
    marks = f"{heading}, parameters {', '.join(shown.parameters) or 'none'}"
    return [f"{marks}{' (planned anew for each value)' if shown.ranges else ''}:", f"    {shown.text}"]


def _plain(found: _Found) -> dict[str, Any]:  # JSON
    explained = found.explained
    return {
        "operation": explained.name,
        "kind": explained.kind,
        "tier": found.tier,
        "served": TIERS[found.tier],
        "reasons": [asdict(one) for one in _all_reasons(found)],
        "signedIn": explained.signed_in,
        "permissions": list(explained.permissions),
        "shownWith": list(explained.shown_with),
        "caller": found.caller,
        "statements": [asdict(one) for one in found.statements],
    }


def _all_reasons(found: _Found) -> list[Reason]:
    own = [] if found.refusal is None else [Reason("", 3, found.refusal)]
    return [*own, *found.explained.reasons]
