"""The command line: `wangge …`."""

import sys
from typing import NoReturn

import asyncpg
import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from wangge._host.cli import (
    audit,
    checks,
    demo,
    districts,
    doctor,
    documents,
    explain,
    imports,
    jobs,
    keys,
    new_package,
    persons,
    plugin_settings,
    plugins,
    previews,
    queue,
    schemas,
    serving,
    tokens,
    transfers,
    workers,
)
from wangge.errors import DistrictUnavailable, DistrictUpgrading, WanggeError

app = typer.Typer(
    name="wangge",
    help="Wangge (网格): one GraphQL server for the people and grids of many districts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("serve")(serving.serve)
app.command("worker")(workers.worker)
app.command("token")(tokens.token)
app.command("import")(imports.import_file)
app.command("doctor")(doctor.doctor)
app.command("explain")(explain.explain_file)
plugins.app.command("new")(new_package.new_package)
districts.app.command("backup")(transfers.backup_district)
districts.app.command("restore")(transfers.restore_district)
districts.app.command("move")(transfers.move_district)
districts.app.command("forget-old")(transfers.forget_old)
plugins.app.command("check")(checks.check_plugin)
plugins.app.command("sdl")(checks.show_sdl)
plugins.app.command("settings")(plugin_settings.settings)
plugins.app.command("preview")(previews.preview_plugin)
plugins.app.command("enable")(previews.enable_plugin)
app.add_typer(districts.app, name="district")
app.add_typer(plugins.app, name="plugin")
app.add_typer(documents.app, name="documents")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(persons.app, name="person")
app.add_typer(jobs.jobs, name="jobs")
app.add_typer(queue.app, name="queue")
app.add_typer(jobs.retention, name="retention")
app.add_typer(schemas.app, name="schema")


def _fail(text: str) -> NoReturn:
    """Say what is wrong in one line, and end."""
    Console(stderr=True, soft_wrap=True).print(f"Error: {text}", style="red", markup=False, highlight=False)
    sys.exit(1)


def _away(error: BaseException) -> str:
    """Say what a driver has said, without the statement that SQLAlchemy adds."""
    return f"A database does not answer: {(str(error).splitlines() or [type(error).__name__])[0]}"


def main() -> None:
    """Run the command line; a known failure is one clear line on stderr and exit code 1."""
    try:
        app()
    except DistrictUpgrading as error:
        code = error.params["district"]
        _fail(f"District {code} is behind the installed packages: run `wangge district upgrade {code}`.")
    except DistrictUnavailable as error:
        _fail(str(error) if error.__cause__ is None else _away(error.__cause__))
    except WanggeError as error:
        _fail(str(error))
    except ValidationError as error:  # of the settings; their values may be secrets
        _fail("; ".join(f"WANGGE_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors()))
    except (OSError, DBAPIError, asyncpg.PostgresError) as error:
        if isinstance(error, OSError) and error.filename is not None:  # of a file; no connection has a name
            _fail(f"{error.filename}: {error.strerror}.")
        _fail(_away(error))
    except KeyboardInterrupt:
        sys.exit(130)
