"""`wangge worker`: a process that does the background work of districts and serves nobody."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from wangge._host.background.dispatcher import Dispatcher, run_once
from wangge._host.cli.session import DataOption, err, open_server, read_settings, run
from wangge._host.logs import configure_logs
from wangge._host.runtime import Server
from wangge._host.stopping import SIGNALS


def worker(
    district: Annotated[
        list[str] | None, typer.Option(help="Code of a district; repeatable [default: all].")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    data: DataOption = None,
) -> None:
    """Hand programmes their events and run the jobs that are due, until it is told to stop.

    Any number may run beside each other and beside servers: each handler and job is run by one at a time. On
    SIGTERM what runs is finished, for as long as WANGGE_GRACE, and the rest given back.

    Example: wangge worker --district 370703
    """
    run(_work(data, district, once))


async def _work(data: Path | None, codes: list[str] | None, once: bool) -> None:
    configured = read_settings(data)
    if once:
        async with open_server(data) as server:
            _check(server, codes)
            typer.echo(f"{await run_once(server, codes)} events and jobs were done.")
        return
    configure_logs(configured)
    server = Server(configured)
    try:
        await server.start()
        _check(server, codes)
        await _until_stopped(Dispatcher(server, codes))
    finally:
        await server.stop()


def _check(server: Server, codes: list[str] | None) -> None:
    for code in codes or ():
        server.district(code)


async def _until_stopped(dispatcher: Dispatcher) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for one in SIGNALS:
        loop.add_signal_handler(one, told.set)
    err.print("Working; SIGTERM ends it.", highlight=False)
    running = asyncio.create_task(dispatcher.run())
    try:
        await told.wait()
    finally:
        await dispatcher.stop(running)
