"""The catalog: districts, where their data lives, which plugins are on, and their settings."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from wangge.db.base import CatalogModel, utc_now
from wangge.db.columns import UtcDateTime, enum_type


class DistrictKind(enum.Enum):
    """A county-level division, or a functional zone with a code of its own."""

    COUNTY = "county"
    FUNCTIONAL_ZONE = "functional_zone"


class PluginState(enum.Enum):
    """Where a plugin stands in a district."""

    INSTALLED = "installed"
    ENABLED = "enabled"
    SUSPENDED = "suspended"
    PURGED = "purged"
    QUARANTINED = "quarantined"


class District(CatalogModel):
    """A tenant: a county-level division or a functional zone, with a database of its own."""

    __tablename__ = "wangge_districts"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[DistrictKind] = mapped_column(enum_type(DistrictKind))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Placement(CatalogModel):
    """Where a district's data lives: a database URL and, on PostgreSQL, the schema in it."""

    __tablename__ = "wangge_placements"

    district_code: Mapped[str] = mapped_column(
        ForeignKey("wangge_districts.code", ondelete="CASCADE"), primary_key=True
    )
    database_url: Mapped[str | None] = mapped_column(String(512))
    """None means the server's default: a file in the data folder, or the catalog's PostgreSQL database."""
    schema_name: Mapped[str | None] = mapped_column(String(63))
    """On PostgreSQL the schema; of a file in the data folder its name, where that is not the code."""


class DistrictPluginState(CatalogModel):
    """State of a plugin in a district. Rows outlive the package."""

    __tablename__ = "wangge_plugin_states"

    district_code: Mapped[str] = mapped_column(
        ForeignKey("wangge_districts.code", ondelete="CASCADE"), primary_key=True
    )
    slug: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[PluginState] = mapped_column(enum_type(PluginState))
    version: Mapped[str] = mapped_column(String(32))
    enabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    title: Mapped[dict[str, str] | None] = mapped_column(JSON)
    """Its titles by language (`zh`, `en`), as the manifest gave them when it was switched on."""


class PluginSettings(CatalogModel):
    """A district's values of a plugin's settings model; what is absent has the model's default."""

    __tablename__ = "wangge_plugin_settings"

    district_code: Mapped[str] = mapped_column(
        ForeignKey("wangge_districts.code", ondelete="CASCADE"), primary_key=True
    )
    slug: Mapped[str] = mapped_column(String(64), primary_key=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)  # validated by the plugin's own model


class Move(CatalogModel):
    """A district on its way to another place, and the place it left; none where it is new here.

    Where the district lives, its placement alone says: a row here never decides that.
    """

    __tablename__ = "wangge_moves"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)
    district_code: Mapped[str] = mapped_column(String(12), index=True)
    from_url: Mapped[str | None] = mapped_column(String(512))
    from_schema: Mapped[str | None] = mapped_column(String(63))
    to_url: Mapped[str | None] = mapped_column(String(512))
    to_schema: Mapped[str | None] = mapped_column(String(63))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    alive_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """Whoever copies puts it off as long as that lasts; later, nobody works at it any more."""
    writes_wait: Mapped[bool] = mapped_column(Boolean, default=False)
    """Servers hold writes to the district back, as long as somebody works at it."""
    switched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the placement was changed; None while the new place is being made."""


class KeyCheck(CatalogModel):
    """A value by which a server sees at its start whether its key of a number is this catalog's."""

    __tablename__ = "wangge_key_checks"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class RegisteredDocument(CatalogModel):
    """A GraphQL document that a district's frontends may name by its id: its SHA-256, or a name of theirs."""

    __tablename__ = "wangge_documents"

    district_code: Mapped[str] = mapped_column(
        ForeignKey("wangge_districts.code", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class OpenBreaker(CatalogModel):
    """A side of a programme that is paused in a district, because it failed; gone when it goes on."""

    __tablename__ = "wangge_breakers"

    district_code: Mapped[str] = mapped_column(
        ForeignKey("wangge_districts.code", ondelete="CASCADE"), primary_key=True
    )
    slug: Mapped[str] = mapped_column(String(64), primary_key=True)
    side: Mapped[str] = mapped_column(String(16), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retry_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(32))
    """Under which the log has the failure that opened it."""


class CatalogVersion(CatalogModel):
    """One row with a counter that every change raises; servers watch it."""

    __tablename__ = "wangge_catalog_version"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
