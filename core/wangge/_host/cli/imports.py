"""`wangge import`: files of divisions, grids, residents and whatever plugins take in."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from wangge._host.cli.districts import add_district
from wangge._host.cli.session import DataOption, err, open_server, print_json, progress_bar, run
from wangge._host.importing import ImportResult, districts_of, run_import
from wangge._host.messages import DEFAULT
from wangge._host.runtime import DistrictRuntime, Server
from wangge.errors import ConfigurationError
from wangge.importing import Importer


@dataclass(frozen=True)
class _Request:
    """What to import, and how."""

    path: Path
    partial: bool
    report: Path

    def of(self, district: str) -> "_Request":
        """Return the request for one of several districts, with a report of its own."""
        return replace(self, report=self.report.with_name(f"{district}.{self.report.name}"))


def import_file(
    kind: Annotated[
        str, typer.Argument(help="divisions, grids, residents, or a kind that a programme brings.")
    ],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False)],
    district: Annotated[
        list[str],
        typer.Option(help="Code of the district, or of a city to load each of its districts; repeatable."),
    ],
    partial: Annotated[
        bool, typer.Option("--partial", help="Keep the good rows when others are refused.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Where to list refused rows [default: FILE.refused.csv].")
    ] = None,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the account as JSON.")] = False,
) -> None:
    """Take a file in: every row is checked, all or nothing unless --partial, harmless when repeated.

    Example: wangge import divisions divisions.csv --district 370703
    """
    wanted = _Request(file, partial, report or file.with_name(f"{file.name}.refused.csv"))
    results = run(_import(data, kind, district, wanted))
    if as_json:
        print_json([_plain(code, result) for code, result in results])
    else:
        for code, result in results:
            typer.echo(_line(code, result))
    if any(not result.written or result.report.refused for _, result in results):
        raise typer.Exit(1)


async def _import(
    data: Path | None, kind: str, codes: list[str], wanted: _Request
) -> list[tuple[str, ImportResult]]:
    async with open_server(data) as server:
        importers = {one.key: one for plugin in server.plugins.loaded.values() for one in plugin.importers}
        importer = importers.get(kind)
        if importer is None:
            raise ConfigurationError(f"Nothing takes in {kind}: there are {', '.join(sorted(importers))}.")
        results = []
        with progress_bar() as bar:
            targets = [one for code in codes for one in await _targets(server, importer, wanted.path, code)]
            for target in targets:
                own = wanted if len(targets) == 1 else wanted.of(target)
                results.append((target, await _one(server.district(target), importer, own, bar)))
        return results


async def _targets(server: Server, importer: Importer, path: Path, code: str) -> list[str]:
    """Return the districts a code stands for; those of a city are added where they are missing."""
    if code in server.codes:
        return [code]
    found = districts_of(importer, path, code)
    if not found or code in found:
        raise ConfigurationError(
            f"There is no district {code}: add it with `wangge district add {code} --name …`."
        )
    for one, name in found.items():
        if one not in server.codes:
            await add_district(server, one, name)
    return list(found)


async def _one(
    district: DistrictRuntime, importer: Importer, wanted: _Request, bar: Progress
) -> ImportResult:
    await district.check_ready()
    owner = next(
        plugin.slug for plugin in district.server.plugins.loaded.values() if importer in plugin.importers
    )
    if owner not in {plugin.slug for plugin in district.plugins}:
        raise ConfigurationError(
            f"{importer.key} belongs to {owner}, which {district.record.code} has not enabled."
        )
    task = bar.add_task(f"{importer.key} → {district.record.code}", total=None)
    result = await run_import(
        importer,
        wanted.path,
        open_context=district.work,
        partial=wanted.partial,
        report_path=wanted.report,
        progress=lambda done, whole: bar.update(task, completed=done, total=whole),
        translate=lambda error: district.server.messages.translate(error, DEFAULT),
    )
    bar.update(task, total=result.report.rows, completed=result.report.rows)
    if result.report.refused:
        err.print(f"{len(result.report.refused)} rows refused: see {result.report_path}", highlight=False)
    return result


def _line(code: str, result: ImportResult) -> str:
    report = result.report
    state = "" if result.written else "NOTHING WRITTEN (rows were refused; mend them or use --partial): "
    return (
        f"{code}: {state}{report.rows} rows, {report.created} created, {report.updated} updated, "
        f"{report.unchanged} unchanged, {report.skipped} of other districts, {len(report.refused)} refused"
    )


def _plain(code: str, result: ImportResult) -> dict[str, Any]:  # JSON of the account
    report = result.report
    return {
        "district": code,
        "written": result.written,
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skipped": report.skipped,
        "refused": [
            {"line": one.line, "column": one.column, "code": one.error.code, "reason": str(one.error)}
            for one in report.refused
        ],
    }
