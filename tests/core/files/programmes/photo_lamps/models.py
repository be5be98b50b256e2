"""The table of lamps."""

from uuid import UUID

from sqlalchemy import ForeignKey, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model


class Lamp(Identified, Model):
    """A lamp; its photo may show a person, its plan does not."""

    __tablename__ = "photo_lamps_lamps"
    __person_key__ = "person_id"

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"))
    photo_id: Mapped[UUID | None] = mapped_column(Uuid)
    plan_id: Mapped[UUID | None] = mapped_column(Uuid)
