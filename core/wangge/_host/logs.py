"""Structured logs: readable on a terminal, JSON for collectors; never a personal value."""

import contextlib
import logging
import re
import sys
import traceback
from types import TracebackType

import structlog

from wangge._host.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Set up structlog for this process; the only place that does."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _scrub_failure,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_StderrLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_Scrubbing("%(levelname)s:%(name)s:%(message)s"))
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)


_VALUES = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|\d[\d\- ]{5,}[\dXx]|\S+@\S+")
_DETAIL = re.compile(r"^\s*DETAIL:.*$", re.MULTILINE)


def scrub(text: str) -> str:
    """Return the text of a failure without what may be a person's.

    The server's own words are English and hold no long numbers. Runs of Chinese, numbers of seven digits and
    more, addresses of mail, and the rows that PostgreSQL quotes under DETAIL are blotted out. It is a net
    beneath the rule that no error text holds a personal value.
    """
    return _VALUES.sub("***", _DETAIL.sub("DETAIL: ***", text))


def _scrub_failure(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Put a failure's traceback into the line, scrubbed; values of local variables are never in it."""
    given = event.pop("exc_info", None)
    failure = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(failure, BaseException):
        event["exception"] = scrub("".join(traceback.format_exception(failure)))
    return event


class _Scrubbing(logging.Formatter):
    """Lines of the libraries, scrubbed."""

    def formatException(  # the name is the library's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return a failure's traceback."""
        return scrub(super().formatException(ei))

    def format(self, record: logging.LogRecord) -> str:
        """Return a line."""
        return scrub(super().format(record))


class _StderrLogger:
    """Writes to whatever stderr is at that moment, which a test or a daemon may have replaced."""

    def __init__(self, *_args: object) -> None:
        """Need nothing of what structlog offers."""

    def msg(self, message: str) -> None:
        """Write a line."""
        with contextlib.suppress(OSError):  # a log that cannot be written must not fail who is served
            print(message, file=sys.stderr, flush=True)  # noqa: T201  # this is where logs go

    debug = info = warning = error = critical = exception = log = fatal = msg
