"""Tokens that prove nothing in a district."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt

from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, OTHER


def worthless_tokens(district: TestDistrict) -> Iterator[tuple[str, str]]:
    """Return tokens that prove nothing here, by what is wrong with them; all name an administrator."""
    issue = district.server.authenticator.issue
    subject = f"{DISTRICT}/district_admin"
    good = issue(subject, DISTRICT)
    claims = jwt.decode(good, options={"verify_signature": False})
    head, body, signature = good.split(".")
    yield "other district", issue(f"{OTHER}/district_admin", OTHER)
    yield "same name, other district", issue(subject, OTHER)
    yield "expired", issue(subject, DISTRICT, timedelta(hours=-1))
    yield "other key", jwt.encode(claims, "k" * 64, algorithm="HS256")
    yield "no signature", jwt.encode(claims, "", algorithm="none")
    yield "signature left out", f"{head}.{body}."
    yield "changed", f"{head}.{_changed(body, jti='1')}.{signature}"
    own = issue(f"{DISTRICT}/resident", DISTRICT).split(".")
    yield "another's name", f"{own[0]}.{_changed(own[1], sub=subject)}.{own[2]}"
    yield "other audience", jwt.encode({**claims, "aud": "other"}, _key(district), algorithm="HS256")
    yield (
        "without an end",
        jwt.encode(
            {name: one for name, one in claims.items() if name != "exp"}, _key(district), algorithm="HS256"
        ),
    )
    yield "unknown account", issue(f"{DISTRICT}/nobody", DISTRICT)
    yield "disabled account", issue(f"{DISTRICT}/disabled", DISTRICT)


def _changed(body: str, **claims: Any) -> str:  # JSON
    found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return base64.urlsafe_b64encode(json.dumps({**found, **claims}).encode()).decode().rstrip("=")


def _key(district: TestDistrict) -> bytes:
    return (district.server.settings.data / "signing.key").read_bytes().strip()
