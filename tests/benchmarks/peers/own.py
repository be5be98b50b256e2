"""The project's server as it is, with the harness's own programmes loaded beside the installed ones.

`BENCH_GROWN` says how many generated programmes are loaded too, and `BENCH_GROWN_FOLDER` where they are; with
`BENCH_HAZARDS=1` the programme whose fields fail is, too.
"""

import os
from pathlib import Path

from starlette.applications import Starlette
from tests.benchmarks.programmes import bench_plugins

from wangge._host.app import create_app
from wangge._host.logs import configure_logs
from wangge._host.runtime import Server
from wangge._host.settings import Settings


def app() -> Starlette:
    """Return the application as the environment sets it up."""
    settings = Settings()
    configure_logs(settings)
    count = int(os.environ.get("BENCH_GROWN", "0"))
    folder = Path(os.environ["BENCH_GROWN_FOLDER"]) if count else None
    hazards = os.environ.get("BENCH_HAZARDS") == "1"
    return create_app(Server(settings, plugins=bench_plugins(folder, count, hazards=hazards)))
