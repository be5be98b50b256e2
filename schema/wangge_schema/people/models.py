"""Tables of people: purposes of processing, dwellings, households, persons, residences, guardianships."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, UtcDateTime, enum_type
from wangge_schema.grids.scope import GridBound
from wangge_schema.people.rules import DocumentType, HouseholdRelation, ResidenceKind, Sex


class ProcessingPurpose(Identified, Timestamped, Model):
    """Why personal data are processed: a row of the register that PIPL arts. 13 and 17 ask for."""

    __tablename__ = "base_processing_purposes"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    title_zh: Mapped[str] = mapped_column(String(128))
    title_en: Mapped[str] = mapped_column(String(128))
    legal_basis: Mapped[str] = mapped_column(String(200))
    retention: Mapped[str | None] = mapped_column(String(200))
    notice_version: Mapped[str] = mapped_column(String(32))
    needs_consent: Mapped[bool]
    plugin: Mapped[str] = mapped_column(String(64))
    """Slug of the programme that brought the purpose; the row stays when the programme goes."""


class Dwelling(Identified, Timestamped, GridBound, Model):
    """A dwelling: where people can live. Unit and room are plain; the full address is sealed."""

    __tablename__ = "base_dwellings"
    __grid_ondelete__ = "RESTRICT"
    __dwelling_key__ = "id"
    __table_args__ = (
        UniqueConstraint("address_digest"),
        Index("ix_base_dwellings_grid_unit_room", "grid_id", "unit", "room"),
        CheckConstraint("floor_area_dm2 > 0", name="floor_area_positive"),
    )

    unit: Mapped[str] = mapped_column(String(16), default="", index=True)
    room: Mapped[str] = mapped_column(String(16), default="", index=True)
    floor_area_dm2: Mapped[int | None] = mapped_column(Integer)
    """In square decimetres, hundredths of a square metre, so that it is exact on both databases."""
    address_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    address_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    address_masked: Mapped[str] = mapped_column(String(220))


class Household(Identified, Timestamped, GridBound, Model):
    """People who live together in a dwelling, under one household number (户号)."""

    __tablename__ = "base_households"
    __grid_ondelete__ = "RESTRICT"
    __household_key__ = "id"

    number: Mapped[str] = mapped_column(String(32), unique=True)
    dwelling_id: Mapped[UUID] = mapped_column(
        ForeignKey("base_dwellings.id", ondelete="RESTRICT"), index=True
    )
    head_id: Mapped[UUID | None] = mapped_column(index=True)
    """The member who heads it. Without a foreign key, as the two tables would point at each other."""


class Person(Identified, Timestamped, GridBound, Model):
    """A resident. Bound to the grid of the current residence, or else of the last one known."""

    __tablename__ = "base_people"
    __grid_ondelete__ = "RESTRICT"
    __person_key__ = "id"
    __restricted_by__ = "restricted_at"
    __counted_with__ = ("restricted_at",)
    __table_args__ = (
        UniqueConstraint("document_type", "document_number_digest"),
        CheckConstraint("died_on >= birth_date", name="died_after_birth"),
    )

    name: Mapped[str] = mapped_column(String(64), index=True)
    sex: Mapped[Sex | None] = mapped_column(enum_type(Sex))
    birth_date: Mapped[date | None] = mapped_column(Date, index=True)
    document_type: Mapped[DocumentType] = mapped_column(enum_type(DocumentType))
    document_number_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_number_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    document_number_masked: Mapped[str] = mapped_column(String(32), default="")
    phone_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    phone_masked: Mapped[str | None] = mapped_column(String(16))
    household_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_households.id", ondelete="SET NULL"), index=True
    )
    relation: Mapped[HouseholdRelation | None] = mapped_column(enum_type(HouseholdRelation))
    """To the head of the household."""
    dwelling_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_dwellings.id", ondelete="SET NULL"), index=True
    )
    """The dwelling that decides the grid: of the current residence, or else of the last one known."""
    died_on: Mapped[date | None] = mapped_column(Date, index=True)
    restricted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the data are only stored (PIPL arts. 44, 47); the platform then leaves the rows out."""


_RESTRICTED = Person.restricted_at.is_not(None)
Index("ix_base_people_restricted", Person.id, sqlite_where=_RESTRICTED, postgresql_where=_RESTRICTED)


class Residence(Identified, Timestamped, GridBound, Model):
    """That a person belongs to a dwelling, from a day to a day. Rows are ended, not deleted.

    Bound to the grid of the dwelling. A person has one current and one registered residence at a time.
    """

    __tablename__ = "base_residences"
    __grid_ondelete__ = "RESTRICT"
    __person_key__ = "person_id"
    __ends_with_person__ = ("person_id",)
    __table_args__ = (
        Index("ix_base_residences_person_kind", "person_id", "kind", "since"),
        CheckConstraint("until >= since", name="until_after_since"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"))
    dwelling_id: Mapped[UUID] = mapped_column(
        ForeignKey("base_dwellings.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[ResidenceKind] = mapped_column(enum_type(ResidenceKind))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    """The last day; none while it lasts."""


_LASTING = (Residence.until.is_(None)) & Residence.kind.in_([ResidenceKind.CURRENT, ResidenceKind.REGISTERED])
Index(
    "uq_base_residences_lasting",
    Residence.person_id,
    Residence.kind,
    unique=True,
    sqlite_where=_LASTING,
    postgresql_where=_LASTING,
)


class Guardianship(Identified, Timestamped, GridBound, Model):
    """That a person is the guardian of another. Bound to the grid of the ward."""

    __tablename__ = "base_guardianships"
    __grid_ondelete__ = "RESTRICT"
    __person_key__ = "ward_id"
    __follows_person__ = True
    __ends_with_person__ = ("ward_id", "guardian_id")
    __table_args__ = (Index("ix_base_guardianships_pair", "guardian_id", "ward_id", "until"),)

    ward_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
