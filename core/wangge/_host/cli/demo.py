"""`wangge demo`: a district to try, in one command."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from wangge._host.app import app_from_environment
from wangge._host.cli.serving import serve_app
from wangge._host.cli.session import DataOption, JsonOption, err, open_server, print_json, progress_bar, run
from wangge._host.demo import DEMO_CODE, DEMO_NAME, prepare_demo
from wangge._host.http.explorer import Assets, DemoTokens
from wangge.hookspecs import DemoOptions

PLAIN = (
    "The page has its plain editor. In a clone, with Node 20, this builds GraphiQL into it: "
    "npm run --prefix core/explorer bundle"
)


def demo(
    data: DataOption = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    people: Annotated[int, typer.Option(min=0, help="Synthetic residents.")] = 2000,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve after preparing.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Prepare and serve district 370703 寒亭区 with real divisions and synthetic residents.

    Example: wangge demo --people 500 --port 8080
    """
    tokens = run(_prepare(data, people))
    url = f"http://127.0.0.1:{port}/{DEMO_CODE}/graphql"
    if as_json:
        print_json({"district": DEMO_CODE, "name": DEMO_NAME, "graphql": url, "tokens": tokens})
    else:
        _show(url, tokens)
    if serve:
        if not as_json and Assets().graphiql is None:
            err.print(PLAIN, highlight=False)
        err.print("Stop with Ctrl+C.", highlight=False)
        # The tokens go to the explorer within this process, which only this machine reaches.
        offering = partial(app_from_environment, DemoTokens(DEMO_CODE, tokens))
        serve_app(data, host="127.0.0.1", port=port, workers=1, app=offering)


def _show(url: str, tokens: dict[str, str]) -> None:
    """Print the table; each token on one line, however long, so that it can be copied."""
    typer.echo(f"\n{DEMO_NAME} ({DEMO_CODE})\n")
    typer.echo(f"  {'in a browser':<20} {url}\n")
    typer.echo(f"  {'role':<20} bearer token, valid for twelve hours")
    for role, token in tokens.items():
        typer.echo(f"  {role:<20} {token}")
    typer.echo("")


async def _prepare(data: Path | None, people: int) -> dict[str, str]:
    async with open_server(data) as server:
        if server.settings.jwks_url:
            err.print("WANGGE_JWKS_URL is set: tokens come from your identity provider.")
        with progress_bar() as bar:
            tasks: dict[str, TaskID] = {}
            return await prepare_demo(
                server,
                DemoOptions(people=people),
                lambda what, done, whole: _advance(bar, tasks, what, done, whole),
            )


def _advance(bar: Progress, tasks: dict[str, TaskID], what: str, done: int, whole: int) -> None:
    if what not in tasks:
        tasks[what] = bar.add_task(what, total=whole)
    bar.update(tasks[what], completed=done, total=whole)
