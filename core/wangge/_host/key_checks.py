"""Opens the key ring, and checks at every start that the catalog's values are sealed with it."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from wangge._host.catalog import Catalog
from wangge._host.settings import Settings
from wangge.db.sealing import KeyRing
from wangge.districts.models import KeyCheck
from wangge.errors import ConfigurationError


def open_keys(settings: Settings) -> KeyRing:
    """Return the key ring for personal values."""
    if settings.encryption_keys is not None:
        return KeyRing.from_json(settings.encryption_keys.get_secret_value())
    return KeyRing.open_or_create(settings.data / "keys.json")


async def check_keys(catalog: Catalog, keys: KeyRing) -> None:
    """Insist that the ring is the one with which this catalog's districts were sealed; note new keys of it.

    Raises:
        ConfigurationError: when a key is missing or another.
    """
    known = await _checks(catalog)
    if set(known) - set(keys.numbers):
        keys.refresh()
    for number, value in sorted(known.items()):
        if not keys.fits(value):
            raise ConfigurationError(
                f"The key ring of this server does not fit: key {number}, or the digest key, is missing or "
                "not the one that this catalog's personal values are sealed with. Give the server the "
                "catalog's own ring, keys.json or WANGGE_ENCRYPTION_KEYS: it serves nothing with another."
            )
    fresh = [number for number in keys.numbers if number not in known]
    if fresh:
        await _note(catalog, keys, fresh)


async def _note(catalog: Catalog, keys: KeyRing, numbers: Sequence[int]) -> None:
    async with catalog.engines.session(write=True) as session:
        session.add_all(KeyCheck(number=number, value=keys.check_value(number)) for number in numbers)
        try:
            await session.commit()
        except IntegrityError:  # another process was first: its keys are the keys
            await session.rollback()
            taken = True
        else:
            taken = False
    if taken:
        await check_keys(catalog, keys)


async def _checks(catalog: Catalog) -> dict[int, bytes]:
    async with catalog.engines.session(write=False) as session:
        return {one.number: one.value for one in (await session.execute(select(KeyCheck))).scalars()}


async def forget_checks(catalog: Catalog, numbers: Sequence[int]) -> None:
    """Ask no server for these keys any more."""
    async with catalog.engines.session(write=True) as session:
        await session.execute(delete(KeyCheck).where(KeyCheck.number.in_(numbers)))
        await session.commit()
