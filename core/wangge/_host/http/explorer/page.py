"""The page itself: what it tells of a district, and the policy that binds it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from html import escape
from string import Template

import orjson
from starlette.responses import HTMLResponse, Response

from wangge._host.examples import examples_of
from wangge._host.http.explorer.assets import OWN, Assets
from wangge._host.http.protocol import HttpRequest
from wangge._host.plugins import BASE
from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import ROLES

LOOPBACK = {"127.0.0.1", "::1"}
LOCAL_NAMES = {"127.0.0.1", "localhost", "[::1]"}

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""The content security policy of the plain form."""
FOR_GRAPHIQL = {
    **STRICT,
    "style-src": "'self' 'unsafe-inline'",  # its editor writes styles into the page
    "img-src": "'self' data:",
    "font-src": "'self'",
    "worker-src": "'self'",
}


@dataclass(frozen=True)
class DemoTokens:
    """Tokens that `wangge demo` offers in the page: it alone makes them, and they stay in its process."""

    district: str = ""
    by_role: Mapping[str, str] = field(default_factory=dict)

    def offered(self, request: HttpRequest, district: str) -> Mapping[str, str]:
        """Return the tokens for a browser on this machine that was given this machine's name; else none.

        The name is looked at, because a page elsewhere could have its own name lead here.
        """
        client = request.client
        name, colon, port = request.heads.get("host", "").rpartition(":")
        host = name if colon and port.isdigit() else f"{name}{colon}{port}"
        here = client is not None and client.host in LOOPBACK and host in LOCAL_NAMES
        return self.by_role if here and district == self.district else {}


class Explorer:
    """Makes the explorer page of districts."""

    def __init__(self, assets: Assets, demo: DemoTokens | None = None) -> None:
        self._graphiql = assets.graphiql
        self._demo = demo or DemoTokens()
        self._page = Template((OWN / "page.html").read_text(encoding="utf-8"))

    def page(self, request: HttpRequest, district: DistrictRuntime, locale: str, request_id: str) -> Response:
        """Return the page; all that it holds is public, but for the demo's tokens."""
        facts = {
            "code": district.info.code,
            "name": district.info.name,
            "programmes": [_programme(district, one.slug) for one in district.plugins if one.slug != BASE],
            "graphiql": asdict(self._graphiql) if self._graphiql is not None else None,
            "tokens": dict(self._demo.offered(request, district.info.code)),
        }
        text = self._page.substitute(
            lang="en" if locale == "en" else "zh-CN",
            name=escape(district.info.name),
            code=escape(district.info.code),
            root=".." if "district" in request.path_params else ".",
            facts=orjson.dumps(facts).decode().replace("<", "\\u003c"),
        )
        plain = self._graphiql is None or "plain" in request.query_params
        return HTMLResponse(text, headers=_headers(STRICT if plain else FOR_GRAPHIQL, request_id))


def examples(district: DistrictRuntime) -> bytes:
    """Return the example operations of the programmes that are on, for those who may see the schema."""
    return orjson.dumps(
        [
            {
                **_programme(district, plugin.slug),
                "examples": [
                    {
                        "name": one.name,
                        "title": {"zh": one.zh, "en": one.en},
                        "role": one.role if one.role in ROLES else None,
                        "variables": one.variables,
                        "query": one.query,
                    }
                    for one in examples_of(plugin.package)
                ],
            }
            for plugin in district.plugins
        ]
    )


def _programme(district: DistrictRuntime, slug: str) -> dict[str, object]:
    manifest = district.server.plugins.loaded[slug].manifest
    titles = {"zh": manifest.title.zh, "en": manifest.title.en}
    return {"slug": slug, "title": titles, "version": manifest.version}


def _headers(policy: Mapping[str, str], request_id: str) -> dict[str, str]:
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-request-id": request_id,
    }
