"""`wangge plugin preview`, and `enable`, which shows what it will change before it asks."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from wangge._host.cli.session import (
    DataOption,
    DistrictOption,
    JsonOption,
    open_server,
    print_json,
    run,
    show,
)
from wangge._host.lifecycle import enable, preview
from wangge.graphql.previews import PluginPreview

Part: TypeAlias = tuple[str, Sequence[str], Sequence[Sequence[Any]]]
"""A table of what is shown: title, columns, rows of any values."""

SlugArgument = Annotated[str, typer.Argument(help="Slug of the programme, such as volunteer_points.")]


def preview_plugin(
    slug: SlugArgument, district: DistrictOption, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """Show what enabling or resuming a programme would change in a district; nothing is changed.

    Example: wangge plugin preview volunteer_points --district 370703
    """
    seen = run(_preview(data, slug, district))
    if as_json:
        print_json(_plain(seen))
        return
    for title, columns, rows in _tables(seen):
        if rows:
            show(title, columns, rows, as_json=False)
    for problem in seen.problems:
        typer.echo(f"In the way: {problem}")


async def _preview(data: Path | None, slug: str, code: str) -> PluginPreview:
    async with open_server(data) as server:
        return await preview(server.district(code), slug, "en")


def enable_plugin(
    slug: SlugArgument,
    district: DistrictOption,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    data: DataOption = None,
) -> None:
    """Enable a programme in a district: its tables are made, its fields appear, without a restart.

    On a terminal it says first what will change, and asks.

    Example: wangge plugin enable volunteer_points --district 370703
    """
    run(_enable(data, slug, district, ask=not yes and sys.stdin.isatty()))
    typer.echo(f"{slug} is enabled in {district}.")


async def _enable(data: Path | None, slug: str, code: str, *, ask: bool) -> None:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        fingerprint = None
        if ask:
            seen = await preview(district, slug, "en")
            for line in summary_of(seen):
                typer.echo(line, err=True)
            typer.confirm(f"Enable {slug} in {code}?", abort=True, err=True)
            fingerprint = seen.fingerprint
        await enable(district, slug, fingerprint=fingerprint)


def summary_of(seen: PluginPreview) -> list[str]:
    """Return what a preview says, in a few lines."""
    counted = Counter(one.severity.value for one in seen.changes)
    changes = ", ".join(f"{counted[name]} {name}" for name in ("breaking", "dangerous", "safe"))
    kept = [one.table for one in seen.personal_data if not one.deleted_on_erasure]
    lines = [
        f"{seen.title} {seen.version}, now {seen.state.value}",
        f"  schema: {changes} changes",
        f"  permissions: {len(seen.permissions)}",
        f"  tables: {len(seen.tables)}, revisions to apply: {len(seen.migrations)}",
        f"  personal data: {len(seen.personal_data)} tables, {len(kept)} of them kept by law",
        f"  purposes: {', '.join(one.key for one in seen.purposes) or 'none'}",
    ]
    return [*lines, *(f"  in the way: {one}" for one in seen.problems)]


def _tables(seen: PluginPreview) -> list[Part]:
    """Return the parts of a preview: title, columns, rows."""
    head = [
        *(("title", seen.title), ("version", seen.version), ("last version", seen.last_version)),
        *(("state", seen.state.value), ("fingerprint", seen.fingerprint)),
        *(("tables", ", ".join(seen.tables)), ("provides", ", ".join(seen.provides))),
        ("events", ", ".join(seen.events)),
    ]
    changes = [(one.severity.value, one.code, one.place, one.description) for one in seen.changes]
    return [
        (f"Preview of {seen.slug}", ("what", "value"), head),
        ("Schema", ("severity", "code", "place", "description"), changes),
        *_about_people(seen),
        *_about_the_district(seen),
    ]


def _about_people(seen: PluginPreview) -> list[Part]:
    permissions = [(one.key, one.title, ", ".join(one.roles)) for one in seen.permissions]
    purposes = [(one.key, one.title, one.legal_basis, one.needs_consent) for one in seen.purposes]
    personal = [
        (
            *(one.table, ", ".join(one.columns), one.purpose, one.legal_basis, one.retention),
            "deleted" if one.deleted_on_erasure else "kept by law",
        )
        for one in seen.personal_data
    ]
    mapped = ("table", "columns", "purpose", "legal basis", "retention", "on erasure")
    return [
        ("Permissions", ("key", "title", "roles"), permissions),
        ("Personal data", mapped, personal),
        ("Purposes", ("key", "title", "legal basis", "consent"), purposes),
    ]


def _about_the_district(seen: PluginPreview) -> list[Part]:
    revisions = [(one.revision, one.description) for one in seen.migrations]
    needed = ("capability", "required", "provided by", "could be provided by")
    capabilities = [
        (one.capability, one.required, one.provider, ", ".join(one.candidates)) for one in seen.requirements
    ]
    work = [(one.key, ", ".join(one.events), one.description) for one in (*seen.handlers, *seen.jobs)]
    settings = [(one.name, one.default, one.description) for one in seen.settings]
    return [
        ("Revisions", ("revision", "description"), revisions),
        ("Capabilities", needed, capabilities),
        ("Background work", ("key", "events", "description"), work),
        ("Settings", ("name", "default", "description"), settings),
    ]


def _plain(seen: PluginPreview) -> Any:  # JSON
    """Return a preview as JSON, enums by their value."""

    def plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {key: value.value if isinstance(value, Enum) else value for key, value in pairs}

    return asdict(seen, dict_factory=plain)
