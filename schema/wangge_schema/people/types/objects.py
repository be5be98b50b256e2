"""Persons, residences, households and dwellings, and the figures of a grid."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Optional

from sqlalchemy import ColumnElement, and_

from wangge import (
    Info,
    Node,
    Parent,
    Rows,
    authenticated,
    column,
    described,
    field,
    masked,
    money,
    object_type,
    related,
    related_list,
    table_type,
)
from wangge_schema.grids.types import Grid
from wangge_schema.people import models, rules
from wangge_schema.people.rules import DocumentType, HouseholdRelation, ResidenceKind, Sex
from wangge_schema.people.types import enums as enums
from wangge_schema.people.types import masks


def _residences(person: Any, kind: ResidenceKind | None = None) -> ColumnElement[bool]:
    """Return the condition of a person's residences, of one kind or all."""
    condition = models.Residence.person_id == person.id
    return condition if kind is None else and_(condition, models.Residence.kind == kind)


@table_type(
    models.Person,
    access=authenticated,
    description="Person (居民): a resident of the district, seen by those responsible for the grid, by the "
    "household, and by guardians. Personal values are masked.",
)
class Person(Node):
    """A resident."""

    name: str = masked(
        "name",
        unless="base.people.name",
        mask=rules.mask_name,
        sql=masks.name,
        description="Name (姓名); masked as 张* without base.people.name. People see their own.",
    )
    sex: Sex | None = column("Sex (性别).", within_scope=True)

    birth_date: date | None = column(
        "Date of birth (出生日期); null without base.people.read. People see their own.",
        unless="base.people.read",
    )
    document_type: DocumentType = column("Kind of document (证件类型).")
    document_number: str = masked(
        "document_number_masked",
        unless="base.people.read",
        mask=rules.mask_wholly,
        sql=masks.wholly,
        description="Document number (证件号码), always masked: the first three and last four characters. "
        "Empty without a document. Revealed one by one.",
    )
    phone: str | None = column(
        "Mobile number (手机号), always masked: 138****1234. Revealed one by one.",
        source="phone_masked",
        within_scope=True,
    )
    household: Optional["Household"] = related("household_id", "Household (户), where it is known.")
    relation: HouseholdRelation | None = column(
        "Relation to the head of the household (与户主关系).", within_scope=True
    )
    grid: Grid | None = related(
        "grid_id",
        "Grid (网格) of the current residence, or else of the last one known.",
        within_scope=True,
    )
    died_on: date | None = column("Day of death (死亡日期), where one is recorded.", within_scope=True)

    @field(
        description="Residences (居住信息), latest first.",
        sql=Rows(models.Residence, _residences, order_by=(models.Residence.since.desc(),)),
    )
    @staticmethod
    async def residences(
        root: Parent[models.Person],
        info: Info,
        kind: Annotated[ResidenceKind | None, described("Of this kind only.")] = None,
    ) -> list["Residence"]:
        """Return the residences within the caller's scope."""
        rows = await info.context.loaders.by_key(
            models.Residence.person_id, root.id, (models.Residence.since.desc(),)
        )
        return [row for row in rows if kind is None or row.kind is kind]


@table_type(
    models.Residence,
    access=authenticated,
    description="Residence (居住信息): that a person belongs to a dwelling, from a day to a day.",
)
class Residence:
    """A dated residence."""

    kind: ResidenceKind = column("Why the person belongs there (居住类型).")
    dwelling: "Dwelling" = related("dwelling_id", "Dwelling (房屋).")
    since: date = column("First day.")
    until: date | None = column("Last day; null while it lasts.")


@table_type(
    models.Household,
    access=authenticated,
    description="Household (户): people who live together in a dwelling.",
)
class Household(Node):
    """A household."""

    number: str = column("Household number (户号).")
    head: Person | None = related("head_id", "Head of the household (户主).")
    dwelling: "Dwelling" = related("dwelling_id", "Dwelling (房屋) where it lives.")
    members: list[Person] = related_list(models.Person.household_id, "Members (成员).")
    grid: Grid = related("grid_id", "Grid (网格) of the dwelling.")


@table_type(
    models.Dwelling, access=authenticated, description="Dwelling (房屋): a place where people can live."
)
class Dwelling(Node):
    """A dwelling."""

    unit: str | None = column("Unit (单元) without the word; empty where there is none.")
    room: str | None = column("Room (室) without the word; empty where there is none.")
    address: str = column("Address (地址), masked behind the building or estate.", source="address_masked")
    # Hundredths of a square metre, shown as hundredths of a yuan are.
    floor_area: Decimal | None = money("floor_area_dm2", "Floor area (建筑面积) in square metres.")
    grid: Grid = related("grid_id", "Grid (网格).")
    households: list[Household] = related_list(
        models.Household.dwelling_id, "Households (户), by number.", order_by=models.Household.number
    )


@object_type(
    access=authenticated,
    description="Figures of a grid and all below it, within the caller's scope (网格统计).",
)
class GridCounts:
    """Figures of a subtree."""

    grids: int = column("Valid grids (网格), the grid itself among them.")
    dwellings: int = column("Dwellings (房屋).")
    households: int = column("Households (户).")
    people: int = column("Living people (居民).")
