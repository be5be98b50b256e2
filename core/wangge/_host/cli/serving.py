"""`wangge serve`: the server."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from starlette.applications import Starlette

from wangge._host.cli.session import DataOption, err, open_server, read_settings, run
from wangge._host.metrics import shared_between_processes

APP = "wangge._host.app:app_from_environment"
"""What each worker imports."""

WIRE = "wangge._host.http.wire:BoundedProtocol" if find_spec("httptools") else "h11"
SOCKET_WIRE = "wangge._host.http.socket_wire:SocketWire"
"""The HTTP protocol of the server; where httptools is not to be had, h11, which has bounds of its own."""


def serve(
    data: DataOption = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on [default: WANGGE_HOST or 127.0.0.1].")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on [default: WANGGE_PORT or 8000].")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes [default: WANGGE_WORKERS or 1].")
    ] = None,
) -> None:
    """Serve all districts of the catalog.

    Example: wangge serve --host 0.0.0.0 --port 8000 --workers 2
    """
    settings = read_settings(data)
    run(_check(data))
    serve_app(
        data,
        host=host or settings.host,
        port=port or settings.port,
        workers=workers or settings.workers,
    )


async def _check(data: Path | None) -> None:
    """Refuse in one line what each worker would refuse with a traceback."""
    async with open_server(data):
        pass


def serve_app(
    data: Path | None, *, host: str, port: int, workers: int, app: str | Callable[[], Starlette] = APP
) -> None:
    """Run the ASGI server until it is told to stop; workers read their settings from the environment.

    An app that is a function stays in this process, so it can have no other worker.
    """
    if data is not None:
        os.environ["WANGGE_DATA"] = str(data)
    settings = read_settings(data)
    err.print(f"Serving on http://{host}:{port}", highlight=False)
    with shared_between_processes() if workers > 1 else nullcontext():
        uvicorn.run(
            app,
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_config=None,  # what uvicorn has to say goes the way of all logs
            access_log=False,
            http=WIRE,
            ws=SOCKET_WIRE,
            ws_per_message_deflate=False,  # answers are small, and what unpacks may unpack to anything
            h11_max_incomplete_event_size=64 * 1024,
            timeout_graceful_shutdown=ceil(settings.grace),
            ws_max_size=settings.message_limit,  # counted as the message comes in
            server_header=False,
        )
