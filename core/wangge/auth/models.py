"""Core's tables of access in a district database: accounts, role grants, audit, replays of mutations."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from wangge.db.base import Identified, Model, Timestamped
from wangge.db.columns import UtcDateTime, enum_type


class PrincipalKind(enum.Enum):
    """Who an account is: staff, a resident, or another service."""

    STAFF = "staff"
    RESIDENT = "resident"
    SERVICE = "service"


class Account(Identified, Timestamped, Model):
    """Someone who can sign in to this district; the token names it by its subject."""

    __tablename__ = "wangge_accounts"

    subject: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[PrincipalKind] = mapped_column(enum_type(PrincipalKind))
    person_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    """The person in the base programme, if the account is one's own. Core does not know persons."""
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)


class RoleGrant(Identified, Timestamped, Model):
    """A role held at a place of the district, from `since` until `until`."""

    __tablename__ = "wangge_role_grants"
    __table_args__ = (Index("ix_wangge_role_grants_account_until", "account_id", "until"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("wangge_accounts.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(64), index=True)
    place_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    """The grid, or None for the whole district. Core does not know grids."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    granted_by: Mapped[UUID | None] = mapped_column(Uuid)


class AuditEntry(Identified, Model):
    """One sensitive read, change or administrative act; rows form a hash chain and are never changed."""

    __tablename__ = "wangge_audit_entries"

    number: Mapped[int] = mapped_column(Integer, unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    account_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    roles: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(128), index=True)
    subject_type: Mapped[str | None] = mapped_column(String(64))
    subject_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    fields: Mapped[list[str]] = mapped_column(JSON)
    purpose: Mapped[str | None] = mapped_column(String(255))
    request_id: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)  # small facts of any JSON kind
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHead(Model):
    """The end of the audit chain: one row, locked while entries are added."""

    __tablename__ = "wangge_audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    seal: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """Keyed hash of number and hash: who has the database alone can neither cut nor rewrite the chain."""


class MutationReplay(Identified, Model):
    """The first answer to a mutation with a `clientMutationId`, given again when it is repeated."""

    __tablename__ = "wangge_mutation_replays"
    __table_args__ = (UniqueConstraint("account_id", "field", "client_mutation_id"),)

    account_id: Mapped[UUID] = mapped_column(Uuid)
    field: Mapped[str] = mapped_column(String(128))
    client_mutation_id: Mapped[str] = mapped_column(String(255))
    input_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)  # payload fields by name: node ids, scalars
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PersonalColumn(Identified, Model):
    """A personal column of a plugin with its purpose, as its manifest stated when it was enabled.

    Kept when the plugin goes, so that export and erasure reach tables whose package is no longer there.
    """

    __tablename__ = "wangge_personal_columns"
    __table_args__ = (UniqueConstraint("plugin", "table_name", "column_name"),)

    plugin: Mapped[str] = mapped_column(String(64), index=True)
    table_name: Mapped[str] = mapped_column(String(128))
    column_name: Mapped[str] = mapped_column(String(128))
    person_key: Mapped[str] = mapped_column(String(128))
    purpose: Mapped[str] = mapped_column(String(255))
    legal_basis: Mapped[str] = mapped_column(String(255))
    retention: Mapped[str] = mapped_column(String(128))
    on_erase: Mapped[str] = mapped_column(String(16))
    title: Mapped[str | None] = mapped_column(String(128))
    """What the rows are, in Chinese, for the copy that a person gets."""
    emptied: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """The column is emptied by an erasure where its row stays."""
    retention_from: Mapped[str | None] = mapped_column(String(128))
    """Column from whose day on the term runs; None where no term is stated."""
    retention_days: Mapped[int | None] = mapped_column(Integer)
    retention_setting: Mapped[str | None] = mapped_column(String(128))
    """Field of the plugin's settings that says the days instead; those above hold when the plugin is gone."""
    on_expiry: Mapped[str | None] = mapped_column(String(16))
    """What the end of the term does; None does what an erasure does."""


class Erasure(Model):
    """That a person was erased: the bare key, so that a backup that is put back can be erased again."""

    __tablename__ = "wangge_erasures"

    person_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
