"""Personal values at rest: encryption, keyed hashes for exact search, and the masked form beside them."""

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wangge.errors import ConfigurationError

_NONCE = 12
_KEY = 32


class Sealed(NamedTuple):
    """What a table stores of one personal value: three columns, in this order."""

    cipher: bytes
    digest: bytes
    masked: str


class KeyRing:
    """Encrypts with the newest key, decrypts with any, hashes with a key of its own.

    AES-256-GCM with a random 96-bit nonce; the field's name is authenticated with the value, so that a
    cipher cannot be moved to another column. The digest is HMAC-SHA-256 over field name and value.
    """

    def __init__(self, keys: dict[int, bytes], digest_key: bytes) -> None:
        if not keys or any(len(key) != _KEY for key in keys.values()) or len(digest_key) < _KEY:
            raise ConfigurationError("Encryption keys must be 32 bytes each, and there must be at least one.")
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._newest = max(keys)
        self._digest_key = digest_key

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a key ring: `{"keys": {"1": "<base64>"}, "digest": "<base64>"}`."""
        try:
            raw = json.loads(text)
            keys = {int(number): base64.b64decode(key) for number, key in raw["keys"].items()}
            return cls(keys, base64.b64decode(raw["digest"]))
        except (KeyError, ValueError, AttributeError, TypeError) as error:
            raise ConfigurationError("The encryption key file is not readable as a key ring.") from error

    @classmethod
    def open_or_create(cls, path: Path) -> Self:
        """Read the key ring at `path`; make one, readable by its owner alone, where there is none."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}.tmp")
            fresh = {"keys": {"1": _random_key()}, "digest": _random_key()}
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(fresh, file)
            try:
                os.link(draft, path)
            except FileExistsError:
                pass  # another process made the ring first: its keys are the keys
            finally:
                draft.unlink()
        return cls.from_json(path.read_text())

    def seal(self, field: str, value: str, *, masked: str) -> Sealed:
        """Return the three columns of a personal value; `masked` is what lists will show."""
        nonce = os.urandom(_NONCE)
        body = self._ciphers[self._newest].encrypt(nonce, value.encode(), field.encode())
        return Sealed(self._newest.to_bytes(1, "big") + nonce + body, self.digest(field, value), masked)

    def open(self, field: str, cipher: bytes) -> str:
        """Return the plain value.

        Raises:
            ConfigurationError: when no key of the ring fits.
        """
        try:
            body = self._ciphers[cipher[0]].decrypt(
                cipher[1 : _NONCE + 1], cipher[_NONCE + 1 :], field.encode()
            )
        except (KeyError, InvalidTag) as error:
            raise ConfigurationError("No key of this server opens a stored personal value.") from error
        return body.decode()

    def digest(self, field: str, value: str) -> bytes:
        """Return the keyed hash under which an exact value is found."""
        return hmac.digest(self._digest_key, f"{field}\0{value}".encode(), hashlib.sha256)


def _random_key() -> str:
    return base64.b64encode(os.urandom(_KEY)).decode()
