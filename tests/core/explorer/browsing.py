"""Drives the explorer page in a headless Chromium, and watches what the page does besides."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHOTS = "WANGGE_TEST_SCREENSHOTS"
"""Folder for a picture of each page at the end of its test, if one is wanted."""
PATIENCE = 30_000
"""Milliseconds until a page that does not do as expected fails its test."""


def chromium() -> str | None:
    """Return the path of the browser of this machine, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def demo_server(folder: Path) -> Iterator[str]:
    """Run `wangge demo` and yield the address of its district."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = "from wangge._host.cli import main; main()"
    options = ["demo", "--data", str(folder), "--people", "60", "--port", str(port)]
    environment = {**os.environ, "WANGGE_LOG_LEVEL": "error", "PYTHONUNBUFFERED": "1"}
    with (folder / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", start, *options], env=environment, stdout=log, stderr=log
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}/health/ready")
            yield f"http://127.0.0.1:{port}/370703/graphql"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    transport = httpx.HTTPTransport(retries=5)
    with httpx.Client(transport=transport, timeout=60) as client:
        while process.poll() is None:
            try:
                if client.get(url).status_code == 200:
                    return
            except httpx.TransportError:
                continue
    raise RuntimeError(f"The demo ended with {process.returncode}.")


class Visit:
    """A page that is open in one of the two forms of the explorer."""

    def __init__(self, page: Any, url: str, form: str) -> None:  # playwright's Page
        self.page = page
        self.form = form
        self._url = url
        self._asked: list[str] = []
        self._told: list[str] = []
        self._answers = 0
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: self._asked.append(request.url))
        page.on("websocket", lambda socket: self._asked.append(socket.url))
        page.on("console", lambda line: self._told.append(f"{line.type}: {line.text}"))
        page.on("pageerror", lambda error: self._told.append(f"error: {error}"))

    def open(self) -> "Visit":
        """Load the page and wait until it can be used."""
        self.page.goto(self._url if self.form == "graphiql" else f"{self._url}?plain")
        self.page.wait_for_selector(f'body[data-form="{self.form}"][data-ready]')
        return self

    def sign_in(self, role: str) -> None:
        """Choose one of the demo's roles."""
        self.page.check(f"#role-{role}")
        self.page.wait_for_selector(f'#me:has-text("demo-{role}")')

    def choose(self, example: str) -> None:
        """Load an example, such as `base/1_who_am_i`."""
        self.page.click(f'[data-example="{example}"]')

    def run(self) -> None:
        """Run what is in the editor."""
        self._answers = int(self.page.evaluate(ANSWERS))
        self.page.click("#run" if self.form == "plain" else ".graphiql-execute-button")

    def answer(self) -> dict[str, Any]:
        """Wait for the answer to what was run, and return it."""
        self.page.wait_for_function(f"() => {ANSWERS} > {self._answers}")
        return self.answer_now()

    def answer_now(self) -> dict[str, Any]:
        """Return what stands where answers stand, as soon as it is whole."""
        found: dict[str, Any] = json.loads(self.page.wait_for_function(ANSWER[self.form]).json_value())
        return found

    def status(self) -> str:
        """Return what the line below says of the answer."""
        return str(self.page.inner_text("#status"))

    def text_of(self, editor: str) -> str:
        """Return what is in an editor, `query` or `variables`."""
        if self.form == "plain":
            return str(self.page.input_value(f"#{editor}"))
        return str(self.page.evaluate(TEXT, {"query": "operation", "variables": "variables"}[editor]))

    def elsewhere(self) -> list[str]:
        """Return what the page asked of any other server."""
        here = urlsplit(self._url).netloc
        own = {"data", "blob"}
        return [
            url for url in self._asked if urlsplit(url).netloc != here and urlsplit(url).scheme not in own
        ]

    def complaints(self) -> list[str]:
        """Return what the browser complained of: failures of scripts, breaches of the policy.

        That a request was refused is no fault of the page: the tests ask for what is refused, too.
        """
        refused = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
        return [
            line for line in self._told if line.startswith(("error", "warning")) and not refused.search(line)
        ]

    def picture(self, name: str) -> None:
        """Keep a picture of the page where the environment names a folder for it."""
        if folder := os.environ.get(SHOTS):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"))


ANSWERS = "Number(document.body.dataset.answers ?? 0)"
"""How many answers the page has reported."""
_MODEL = "globalThis.__MONACO?.editor.getModels().find((one) => one.uri.path.includes({}))?.getValue()"
TEXT = f"(name) => {_MODEL.format('name')}"
_COMPLETE = "{ try { JSON.parse(text); return text } catch { return null } }"
ANSWER = {
    "plain": f"() => {{ const text = document.getElementById('answer').innerText; {_COMPLETE} }}",
    "graphiql": f"() => {{ const text = {_MODEL.format('`response`')}; {_COMPLETE} }}",
}
