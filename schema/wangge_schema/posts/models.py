"""Tables of posts, their roles, and pairings."""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped
from wangge_schema.grids.scope import GridBound
from wangge_schema.posts.rules import LONGEST_DUTY_NAME, LONGEST_TITLE


class PostRole(Model):
    """A role that posts are held in, such as grid head (网格长); a district adds its own."""

    __tablename__ = "base_post_roles"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    full_time: Mapped[bool] = mapped_column(Boolean)


class Post(Identified, Timestamped, GridBound, Model):
    """That a person serves a grid in a role, from a day to a day. Rows are ended, not deleted.

    Published: who serves which grid is readable in the whole district. Bound to the grid that is served,
    so it does not follow the person, who may live anywhere; when that grid is split or merged, the post stays
    with it as history, and whoever is responsible assigns anew.
    """

    __tablename__ = "base_posts"
    __published__ = True
    __stays_with_grid__ = True
    __ends_with_person__ = ("person_id",)
    __grid_ondelete__ = "RESTRICT"
    __table_args__ = (
        Index("ix_base_posts_person_grid_role", "person_id", "grid_id", "role_key"),
        CheckConstraint("until >= since", name="until_after_since"),
    )

    role_key: Mapped[str] = mapped_column(ForeignKey("base_post_roles.key", ondelete="RESTRICT"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_organizations.id", ondelete="SET NULL"), index=True
    )
    since: Mapped[date] = mapped_column(Date, index=True)
    until: Mapped[date | None] = mapped_column(Date, index=True)
    """The last day; none while it lasts."""
    duty_name: Mapped[str | None] = mapped_column(String(LONGEST_DUTY_NAME))
    """Name under which the holder is published; a plain value, since publishing it is its purpose."""
    duty_phone: Mapped[str | None] = mapped_column(String(32))
    """Published work phone; not the holder's private number."""


class Pairing(Identified, Timestamped, GridBound, Model):
    """One-plus-one pairing (“1+1”结对) of an official with a building head; bound to the building."""

    __tablename__ = "base_pairings"
    __ends_with_person__ = ("official_id", "building_head_id")
    __grid_ondelete__ = "RESTRICT"
    __table_args__ = (CheckConstraint("until >= since", name="until_after_since"),)

    official_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    building_head_id: Mapped[UUID] = mapped_column(
        ForeignKey("base_people.id", ondelete="CASCADE"), index=True
    )
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date, index=True)
    """The last day; none while it lasts."""


class PairingHousehold(Identified, Model):
    """That a pairing covers a household. Holds two keys alone; the household itself is scoped."""

    __tablename__ = "base_pairing_households"
    __table_args__ = (UniqueConstraint("pairing_id", "household_id"),)

    pairing_id: Mapped[UUID] = mapped_column(ForeignKey("base_pairings.id", ondelete="CASCADE"))
    household_id: Mapped[UUID] = mapped_column(
        ForeignKey("base_households.id", ondelete="CASCADE"), index=True
    )


def lasts_on(model: type[Post] | type[Pairing], day: date) -> ColumnElement[bool]:
    """Return the condition of rows whose term includes `day`."""
    return and_(model.since <= day, or_(model.until.is_(None), model.until >= day))
