"""Personal values at rest: sealed, found by exact value alone, bound to their field."""

import base64
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.db.sealing import KeyRing
from wangge.errors import ConfigurationError

OLD, NEW, DIGEST = b"1" * 32, b"2" * 32, b"3" * 32
RING = KeyRing({1: OLD, 2: NEW}, DIGEST)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_a_value_comes_back_as_it_was(value: str) -> None:
    sealed = RING.seal("phone", value, masked="***")

    assert RING.open("phone", sealed.cipher) == value
    assert sealed.digest == RING.digest("phone", value)
    assert sealed.masked == "***"
    assert len(sealed.digest) == 32


def test_one_value_never_has_one_cipher() -> None:
    first, second = (RING.seal("phone", "19900000001", masked="199****0001") for _ in range(2))

    assert first.cipher != second.cipher
    assert first.digest == second.digest
    assert b"19900000001" not in first.cipher


def test_a_cipher_belongs_to_its_field() -> None:
    sealed = RING.seal("phone", "19900000001", masked="***")

    with pytest.raises(ConfigurationError):
        RING.open("address", sealed.cipher)
    assert RING.digest("address", "19900000001") != sealed.digest


def test_a_changed_cipher_is_refused() -> None:
    cipher = RING.seal("phone", "19900000001", masked="***").cipher

    for position in range(len(cipher)):
        changed = bytearray(cipher)
        changed[position] ^= 1
        with pytest.raises(ConfigurationError):
            RING.open("phone", bytes(changed))


def test_a_new_key_seals_and_an_old_one_still_opens() -> None:
    before = KeyRing({1: OLD}, DIGEST).seal("phone", "19900000001", masked="***")

    assert RING.open("phone", before.cipher) == "19900000001"
    assert RING.seal("phone", "x", masked="*").cipher[0] == 2
    with pytest.raises(ConfigurationError, match="No key of this server"):
        KeyRing({2: NEW}, DIGEST).open("phone", before.cipher)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"keys": {}}', '{"keys": {"x": "AA=="}, "digest": "AA=="}', "x"]
)
def test_a_ring_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        KeyRing.from_json(text)


def test_short_keys_are_refused() -> None:
    short = base64.b64encode(b"1" * 16).decode()
    good = base64.b64encode(b"1" * 32).decode()

    for keys, digest in (({"1": short}, good), ({"1": good}, short), ({}, good)):
        with pytest.raises(ConfigurationError, match="32 bytes"):
            KeyRing.from_json(json.dumps({"keys": keys, "digest": digest}))


def test_a_ring_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.json"

    made = KeyRing.open_or_create(path)
    again = KeyRing.open_or_create(path)

    assert again.open("phone", made.seal("phone", "x", masked="*").cipher) == "x"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["keys.json"]
