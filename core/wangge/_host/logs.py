"""Structured logs: readable on a terminal, JSON for collectors; never a personal value."""

import logging
import sys

import structlog

from wangge._host.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Set up structlog for this process; the only place that does."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info if settings.log_json else _keep,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_StderrLogger,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr)


class _StderrLogger:
    """Writes to whatever stderr is at that moment, which a test or a daemon may have replaced."""

    def __init__(self, *_args: object) -> None:
        """Need nothing of what structlog offers."""

    def msg(self, message: str) -> None:
        """Write a line."""
        print(message, file=sys.stderr, flush=True)  # noqa: T201  # this is where logs go

    debug = info = warning = error = critical = exception = log = fatal = msg


def _keep(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return event
