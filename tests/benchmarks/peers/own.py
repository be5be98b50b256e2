"""The project's server as it is, with the harness's own programme loaded beside the installed ones."""

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
    return create_app(Server(settings, plugins=bench_plugins()))
