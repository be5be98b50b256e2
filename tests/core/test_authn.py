"""A token proves who asks, and nothing else does."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from wangge._host.authn import Authenticator
from wangge._host.settings import Settings
from wangge.errors import ConfigurationError, Unauthenticated
from wangge.testing.districts import Client, TestDistrict

SECRET = "k" * 32
ME = "{ me { account } }"


def _claims(**changes: Any) -> dict[str, Any]:  # claims are JSON
    soon = datetime.now(UTC) + timedelta(hours=1)
    return {"sub": "someone", "aud": "wangge", "exp": soon, "district": "370703"} | changes


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in _claims().items() if key != name}


@pytest.fixture
def embedded(tmp_path: Path) -> Authenticator:
    return Authenticator(Settings(data=tmp_path, signing_key=SecretStr(SECRET)))


async def test_a_token_issued_here_is_known_here(embedded: Authenticator) -> None:
    found = await embedded.identify(embedded.issue("someone", "370703"))

    assert (found.subject, found.district) == ("someone", "370703")


async def test_what_proves_nothing_is_refused(embedded: Authenticator) -> None:
    past = datetime.now(UTC) - timedelta(minutes=5)
    tokens = {
        "expired": jwt.encode(_claims(exp=past), SECRET, "HS256"),
        "forged": jwt.encode(_claims(), "f" * 32, "HS256"),
        "other audience": jwt.encode(_claims(aud="bank"), SECRET, "HS256"),
        "no audience": jwt.encode(_without("aud"), SECRET, "HS256"),
        "no expiry": jwt.encode(_without("exp"), SECRET, "HS256"),
        "no subject": jwt.encode(_without("sub"), SECRET, "HS256"),
        "not begun": jwt.encode(_claims(nbf=datetime.now(UTC) + timedelta(hours=1)), SECRET, "HS256"),
        "unsigned": jwt.encode(_claims(), "", "none"),
        "other algorithm": jwt.encode(_claims(), SECRET * 2, "HS512"),
        "nothing": "",
        "dots": "a.b.c",
        "odd": "é.é.é",
    }
    for token in tokens.values():
        with pytest.raises(Unauthenticated):
            await embedded.identify(token)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="at least 32"):
        Authenticator(Settings(data=tmp_path, signing_key=SecretStr("short")))


@pytest.fixture
def provider() -> Iterator[tuple[str, rsa.RSAPrivateKey]]:
    """An identity provider on loopback: the address of its keys, and the key it signs with."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    body = json.dumps({"keys": [public | {"kid": "k1", "use": "sig", "alg": "RS256"}]}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Keys) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/jwks.json", key
        server.shutdown()
        thread.join()


async def test_tokens_of_an_identity_provider(
    tmp_path: Path, provider: tuple[str, rsa.RSAPrivateKey]
) -> None:
    url, key = provider
    authenticator = Authenticator(Settings(data=tmp_path, jwks_url=url))
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    good = jwt.encode(_claims(), key, "RS256", headers={"kid": "k1"})
    assert (await authenticator.identify(good)).subject == "someone"
    for bad in (
        jwt.encode(_claims(), other, "RS256", headers={"kid": "k1"}),
        jwt.encode(_claims(), key, "RS256", headers={"kid": "k2"}),
        jwt.encode(_claims(), SECRET, "HS256", headers={"kid": "k1"}),
        jwt.encode(_claims(aud="bank"), key, "RS256", headers={"kid": "k1"}),
    ):
        with pytest.raises(Unauthenticated):
            await authenticator.identify(bad)
    with pytest.raises(ConfigurationError, match="identity provider"):
        authenticator.issue("someone", "370703")


async def test_only_a_bearer_token_of_a_known_account_signs_in(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    issue = district.server.authenticator.issue
    tokens = [
        other_district.token("district_admin"),
        issue("nobody", district.code),
        issue(f"{district.code}/district_admin", other_district.code),
        "x",
    ]
    for token in tokens:
        answer = await Client(district.http, district.code, token).post(ME)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    basic = {"authorization": f"Basic {district.token('district_admin')}"}
    answer = await district.http.post(f"/{district.code}/graphql", json={"query": ME}, headers=basic)
    assert answer.status_code == 401
