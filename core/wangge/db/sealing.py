"""Personal values at rest: encryption, keyed hashes for exact search, and the masked form beside them."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wangge.errors import ConfigurationError

_NONCE = 12
_KEY = 32
_CHECK = "wangge.check"


class Sealed(NamedTuple):
    """What a table stores of one personal value: three columns, in this order."""

    cipher: bytes
    digest: bytes
    masked: str


class KeyRing:
    """Encrypts with one key, decrypts with any, hashes with a key of its own.

    AES-256-GCM with a random 96-bit nonce; the field's name is authenticated with the value, so that a
    cipher cannot be moved to another column. The digest is HMAC-SHA-256 over field name and value.

    The newest key encrypts, unless `sealing` names another: a new key is first made known to all processes,
    and used by the first of them only when all can read what it seals. A ring from a file is read anew when a
    cipher names a key that it lacks, since another process may have added it.
    """

    def __init__(
        self,
        keys: dict[int, bytes],
        digest_key: bytes,
        *,
        sealing: int | None = None,
        path: Path | None = None,
    ) -> None:
        if not keys or any(len(key) != _KEY for key in keys.values()) or len(digest_key) < _KEY:
            raise ConfigurationError("Encryption keys must be 32 bytes each, and there must be at least one.")
        if not all(0 < number < 256 for number in keys):
            raise ConfigurationError("Encryption keys are numbered from 1 to 255.")
        if sealing is not None and sealing not in keys:
            raise ConfigurationError(f"`sealing` names key {sealing}, which the ring does not hold.")
        self._keys = dict(keys)
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._sealing = sealing
        self._digest_key = digest_key
        self._path = path

    @classmethod
    def from_json(cls, text: str, path: Path | None = None) -> Self:
        """Read a key ring: `{"keys": {"1": "<base64>"}, "digest": "<base64>"}`, maybe `"sealing": 1`."""
        try:
            raw = json.loads(text)
            keys = {int(number): base64.b64decode(key) for number, key in raw["keys"].items()}
            sealing = int(raw["sealing"]) if raw.get("sealing") is not None else None
            return cls(keys, base64.b64decode(raw["digest"]), sealing=sealing, path=path)
        except (KeyError, ValueError, AttributeError, TypeError) as error:
            raise ConfigurationError("The encryption key file is not readable as a key ring.") from error

    @classmethod
    def open_or_create(cls, path: Path) -> Self:
        """Read the key ring at `path`; make one, readable by its owner alone, where there is none."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}.tmp")
            _write(draft, json.dumps({"keys": {"1": _random_key()}, "digest": _random_key()}))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass  # another process made the ring first: its keys are the keys
            finally:
                draft.unlink()
        return cls.from_json(path.read_text(), path)

    @property
    def path(self) -> Path | None:
        """The file that holds the ring, if it came from one."""
        return self._path

    @property
    def numbers(self) -> list[int]:
        """Numbers of the keys, the oldest first."""
        return sorted(self._ciphers)

    @property
    def newest(self) -> int:
        """Number of the newest key."""
        return max(self._ciphers)

    @property
    def sealing(self) -> int:
        """Number of the key that encrypts."""
        return self.newest if self._sealing is None else self._sealing

    def to_json(self) -> str:
        """Return the ring as text; whoever has it can read all values."""
        encoded = {str(number): base64.b64encode(key).decode() for number, key in sorted(self._keys.items())}
        found: dict[str, object] = {"keys": encoded, "digest": base64.b64encode(self._digest_key).decode()}
        return json.dumps(found if self._sealing is None else {**found, "sealing": self._sealing})

    def with_new_key(self, *, sealing: int | None = None) -> "KeyRing":
        """Return a ring with one key more, the newest.

        Args:
            sealing: number of the key that is to encrypt; by default the new one.
        """
        keys = {**self._keys, self.newest + 1: os.urandom(_KEY)}
        return KeyRing(keys, self._digest_key, sealing=sealing, path=self._path)

    def without(self, numbers: Collection[int]) -> "KeyRing":
        """Return a ring without some keys."""
        keys = {number: key for number, key in self._keys.items() if number not in numbers}
        return KeyRing(keys, self._digest_key, sealing=self._sealing, path=self._path)

    def save(self) -> None:
        """Replace the file of the ring by what this ring holds, whole or not at all.

        Raises:
            ConfigurationError: when it came from no file.
        """
        if self._path is None:
            raise ConfigurationError("This key ring came from the environment and cannot be saved.")
        draft = self._path.with_suffix(f".{os.getpid()}.tmp")
        _write(draft, self.to_json())
        os.replace(draft, self._path)

    def refresh(self) -> None:
        """Read the ring's file anew, if it has one; other processes add and remove keys."""
        if self._path is not None and self._path.exists():
            self.take_over(type(self).from_json(self._path.read_text(), self._path))

    def take_over(self, other: "KeyRing") -> None:
        """Hold what another ring holds."""
        self._keys, self._ciphers = other._keys, other._ciphers
        self._sealing, self._digest_key = other._sealing, other._digest_key

    def seal(self, field: str, value: str, *, masked: str) -> Sealed:
        """Return the three columns of a personal value; `masked` is what lists will show."""
        return Sealed(self._encrypt(field, value), self.digest(field, value), masked)

    def open(self, field: str, cipher: bytes) -> str:
        """Return the plain value.

        Raises:
            ConfigurationError: when no key of the ring fits.
        """
        if cipher[0] not in self._ciphers:
            self.refresh()
        try:
            body = self._ciphers[cipher[0]].decrypt(
                cipher[1 : _NONCE + 1], cipher[_NONCE + 1 :], field.encode()
            )
        except (KeyError, InvalidTag) as error:
            raise ConfigurationError("No key of this server opens a stored personal value.") from error
        return body.decode()

    def reseal(self, field: str, cipher: bytes) -> bytes:
        """Return the cipher of the same value under the key that encrypts now.

        Raises:
            ConfigurationError: as `open` does.
        """
        return self._encrypt(field, self.open(field, cipher))

    def _encrypt(self, field: str, value: str, number: int | None = None) -> bytes:
        number = self.sealing if number is None else number
        nonce = os.urandom(_NONCE)
        body = self._ciphers[number].encrypt(nonce, value.encode(), field.encode())
        return number.to_bytes(1, "big") + nonce + body

    def check_value(self, number: int) -> bytes:
        """Return a cipher of a known text under one key, by which another ring is compared with this one."""
        return self._encrypt(_CHECK, self.digest(_CHECK, _CHECK).hex(), number)

    def fits(self, check: bytes) -> bool:
        """Say whether the ring that made a check value has the same key, and the same digest key."""
        try:
            return self.open(_CHECK, check) == self.digest(_CHECK, _CHECK).hex()
        except ConfigurationError:
            return False

    def digest(self, field: str, value: str) -> bytes:
        """Return the keyed hash under which an exact value is found."""
        return hmac.digest(self._digest_key, f"{field}\0{value}".encode(), hashlib.sha256)


def _write(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, down to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _random_key() -> str:
    return base64.b64encode(os.urandom(_KEY)).decode()
