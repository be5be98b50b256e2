"""Tells who a token names: keys from a JWKS URL, or the server's own key for the embedded default."""

import asyncio
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

import jwt

from wangge._host.settings import Settings
from wangge.errors import ConfigurationError, Unauthenticated

EMBEDDED_ALGORITHM = "HS256"
JWKS_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
TOKEN_LIFETIME = timedelta(hours=12)
LEEWAY = 30
MAX_TOKENS = 10_000
"""Tokens remembered as verified, the oldest forgotten first."""
TOKEN_MEMORY = 300.0
"""Seconds after which a remembered token is verified anew, since keys may change."""


@dataclass(frozen=True)
class Identity:
    """What a token proves: the subject, the district it is for where it names one, and until when."""

    subject: str
    district: str | None
    until: float | None = None
    """End of the token in seconds since 1970; None where there is no token, such as in tests."""


class Authenticator:
    """Checks tokens; issues them too where no identity provider is configured."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._jwks = jwt.PyJWKClient(settings.jwks_url, lifespan=300) if settings.jwks_url else None
        self._key = None if self._jwks else self._embedded_key()
        self._known: dict[str, tuple[float, Identity]] = {}

    def _embedded_key(self) -> bytes:
        if self._settings.signing_key is not None:
            key = self._settings.signing_key.get_secret_value().encode()
            if len(key) < 32:
                raise ConfigurationError("WANGGE_SIGNING_KEY must be at least 32 characters.")
            return key
        return _key_file(self._settings.data / "signing.key")

    async def identify(self, token: str) -> Identity:
        """Return whom a token names.

        Raises:
            Unauthenticated: when it is forged, expired, or meant for another audience.
        """
        known = self._known.get(token)
        if known is not None and known[0] > time():
            return known[1]
        try:
            if self._jwks is not None:
                found = await asyncio.to_thread(self._jwks.get_signing_key_from_jwt, token)
                claims = self._decode(token, found.key, JWKS_ALGORITHMS)
            else:
                assert self._key is not None  # made where there is no JWKS URL
                claims = self._decode(token, self._key, [EMBEDDED_ALGORITHM])
        except jwt.PyJWTError as error:
            raise Unauthenticated() from error
        district = claims.get("district")
        until = float(claims["exp"])
        identity = Identity(str(claims["sub"]), str(district) if district is not None else None, until)
        self._remember(token, identity, until)
        return identity

    def _remember(self, token: str, found: Identity, until: float) -> None:
        """Keep what a token has proved, until it ends; its account and roles are looked up all the same."""
        while len(self._known) >= MAX_TOKENS:
            self._known.pop(next(iter(self._known)))
        self._known[token] = (min(until, time() + TOKEN_MEMORY), found)

    def _decode(self, token: str, key: Any, algorithms: list[str]) -> dict[str, Any]:  # claims are JSON
        return jwt.decode(
            token,
            key,
            algorithms=algorithms,
            audience=self._settings.jwt_audience,
            issuer=self._settings.jwt_issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "sub", "aud"]},
        )

    def issue(self, subject: str, district: str, lifetime: timedelta = TOKEN_LIFETIME) -> str:
        """Return a token for a subject in a district, signed with the embedded key.

        Raises:
            ConfigurationError: where an identity provider is configured.
        """
        if self._key is None:
            raise ConfigurationError(
                "WANGGE_JWKS_URL is set: tokens come from the identity provider, not from here."
            )
        now = datetime.now(UTC)
        claims: dict[str, Any] = {
            "sub": subject,
            "district": district,
            "aud": self._settings.jwt_audience,
            "iat": now,
            "exp": now + lifetime,
        }
        if self._settings.jwt_issuer:
            claims["iss"] = self._settings.jwt_issuer
        return jwt.encode(claims, self._key, algorithm=EMBEDDED_ALGORITHM)


def bearer(header: str) -> str:
    """Return the token of an `Authorization` header.

    Raises:
        Unauthenticated: when it is of another kind.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated()
    return token.strip()


def _key_file(path: Path) -> bytes:
    """Return the key in a file, made on first use and readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its key is the key
        finally:
            draft.unlink()
    return path.read_bytes().strip()
