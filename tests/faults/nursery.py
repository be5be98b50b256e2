"""Forks servers and commands from a process that has all imported: what they do is real, their start quick.

Run as a script; it takes orders as lines of JSON on stdin and answers each with a line on stdout. A child
may be told to kill itself at a commit or a statement, which makes moments exact that a kill from outside
would hit by luck. Nothing of this is in the product: the child listens to SQLAlchemy.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

import uvicorn.loops.auto
import uvicorn.protocols.http.auto  # noqa: F401  # what a server imports when it starts
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from wangge._host import cli, runtime
from wangge._host.compose import SchemaCache

Order = dict[str, Any]  # JSON


class Counter:
    """Counts commits and statements, and ends the process with the one that is named."""

    def __init__(self, fault: Order) -> None:
        self._fault = fault
        self.seen = {"commit": 0, "statement": 0}

    def install(self) -> None:
        """Listen to whatever SQLAlchemy does in this process."""
        plain: Any = DefaultDialect.do_commit  # SQLAlchemy leaves its dialects untyped

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:  # a connection of a driver
            self.seen["commit"] += 1
            self._fall("commit", "before")
            plain(dialect, connection)
            self._fall("commit", "after")

        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]  # of this process alone
        event.listen(Engine, "before_cursor_execute", self._statement)

    def _statement(self, *_told: Any) -> None:  # as SQLAlchemy tells it
        self.seen["statement"] += 1
        self._fall("statement", "before")

    def _fall(self, at: str, moment: str) -> None:
        if (at, moment, self.seen[at]) == (
            self._fault.get("at"),
            self._fault.get("moment"),
            self._fault.get("number"),
        ):
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Import everything once, then take orders until stdin ends."""
    plugins, schemas = runtime.load_plugins(), SchemaCache(16)
    vars(runtime).update(load_plugins=lambda *_given: plugins, SchemaCache=lambda _size: schemas)
    _answer({"ready": True})
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "end":
            os.kill(order["pid"], order["signal"])
            _answer({"code": _wait(order["pid"])})
            continue
        pid = os.fork()
        if pid == 0:
            _live(order)
        _answer({"pid": pid} if order["do"] == "start" else {"code": _wait(pid)})


def _live(order: Order) -> NoReturn:
    """Do as the command line does, as the child."""
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for there, here in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(there, here)
    os.environ.update(order["environment"])
    counter = Counter(order["fault"])
    counter.install()
    sys.argv = ["wangge", *order["words"]]
    code = 0
    try:
        cli.main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException as failed:  # noqa: BLE001  # what else ends a command is shown, as Python would
        print(f"{type(failed).__name__}: {failed}", flush=True)  # noqa: T201
        code = 70
    Path(f"{order['output']}.seen").write_text(json.dumps(counter.seen), encoding="utf-8")
    sys.stdout.flush()
    os._exit(code)


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _answer(answer: Order) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
