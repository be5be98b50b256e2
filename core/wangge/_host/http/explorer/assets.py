"""The explorer's files: its own, and those of GraphiQL where they were built."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

OWN = Path(__file__).parent / "static"
BUNDLED = Path(__file__).parent / "graphiql"
"""Where `npm run bundle` in `core/explorer` writes GraphiQL; git ignores it."""
MANIFEST = "manifest.json"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}
"""Kinds of file that are served, and as what; no other file is."""
HEADERS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'",  # which workers are bound by
    "vary": "accept-encoding",
}
ASK_AGAIN = "no-cache"
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """A file that is served under its name."""

    path: Path
    cache: str
    tag: str

    @property
    def media(self) -> str:
        """The media type, by the suffix."""
        return TYPES[self.path.suffix]


@dataclass(frozen=True)
class Bundle:
    """Where GraphiQL's module and style sheet are, by the names of their files."""

    script: str
    style: str


class Assets:
    """All files that the explorer may ask for, listed once: no other path leads to a file."""

    def __init__(self, bundled: Path = BUNDLED) -> None:
        self._files = {path.name: _own(path) for path in OWN.iterdir() if path.suffix in TYPES}
        self.graphiql = _bundle(bundled)
        if self.graphiql is not None:
            self._files |= {
                path.name: Asset(path, FOREVER, f'"{path.name}"')  # its name tells what is in it
                for path in bundled.iterdir()
                if path.suffix in TYPES
            }

    def answer(self, request: Request) -> Response:
        """Answer `/explorer/{name}`."""
        asset = self._files.get(request.path_params["name"])
        if asset is None:
            return Response("There is no such file.\n", 404, HEADERS, media_type="text/plain")
        headers = {**HEADERS, "cache-control": asset.cache, "etag": asset.tag}
        if request.headers.get("if-none-match") == asset.tag:
            return Response(status_code=304, headers=headers)
        packed = asset.path.with_name(f"{asset.path.name}.gz")
        if "gzip" in request.headers.get("accept-encoding", "") and packed.exists():
            return FileResponse(
                packed, headers={**headers, "content-encoding": "gzip"}, media_type=asset.media
            )
        return FileResponse(asset.path, headers=headers, media_type=asset.media)


def _own(path: Path) -> Asset:
    return Asset(path, ASK_AGAIN, f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:20]}"')


def _bundle(folder: Path) -> Bundle | None:
    """Return what the build says that it made, or None where it was not run."""
    try:
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Bundle(str(made["script"]), str(made["style"]))
