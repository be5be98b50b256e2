"""Tables of organisations and memberships."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, enum_type
from wangge_schema.grids.scope import GridBound
from wangge_schema.organizations.rules import LONGEST_NAME, LONGEST_TITLE, OrganizationKind


class Organization(Identified, Timestamped, GridBound, Model):
    """An organisation. Bound to the grid where it works; one of the whole district to the root.

    Published: organisations are readable in the whole district, and written within the scope.
    """

    __tablename__ = "base_organizations"
    __published__ = True
    __grid_ondelete__ = "RESTRICT"

    name: Mapped[str] = mapped_column(String(LONGEST_NAME), index=True)
    kind: Mapped[OrganizationKind] = mapped_column(enum_type(OrganizationKind), index=True)
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    """Unified social credit code (GB 32100-2015); party branches and groups have none."""
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_organizations.id", ondelete="SET NULL"), index=True
    )


class Membership(Identified, Timestamped, GridBound, Model):
    """That a person belongs to an organisation, from a day to a day.

    Bound to the person's grid and follows the person: which organisations someone belongs to is personal,
    unlike the organisation itself.
    """

    __tablename__ = "base_memberships"
    __person_key__ = "person_id"
    __follows_person__ = True
    __ends_with_person__ = ("person_id",)
    __grid_ondelete__ = "RESTRICT"
    __table_args__ = (
        Index("ix_base_memberships_organization_person", "organization_id", "person_id"),
        CheckConstraint("until >= since", name="until_after_since"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("base_organizations.id", ondelete="CASCADE"))
    title: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    """The last day; none while it lasts."""
