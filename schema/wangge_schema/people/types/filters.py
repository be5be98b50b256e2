"""How people, households and dwellings are found and ordered: by prefix and exact match only."""

from collections.abc import Awaitable, Callable
from enum import Enum

from sqlalchemy import ColumnElement, false, or_, true

from wangge import (
    ID,
    BadFilter,
    BooleanMatch,
    DateMatch,
    EnumMatch,
    Filter,
    IdMatch,
    KeyMatch,
    Model,
    PrefixMatch,
    RequestContext,
    RuleError,
    decode_id,
    filter_type,
    match,
    match_by,
    order_type,
)
from wangge_schema.grids.subtree import within
from wangge_schema.grids.types import Grid
from wangge_schema.people import models, rules
from wangge_schema.people.rules import DocumentType, Sex

_MOST = 50
"""Most values of one exact search, each of which costs a keyed hash."""


def within_grid(model: type[Model]) -> Callable[[RequestContext, str], Awaitable[ColumnElement[bool]]]:
    """Return the condition maker of `within`: rows bound to a grid or to one below it."""

    async def condition(ctx: RequestContext, value: str) -> ColumnElement[bool]:
        return await within(ctx, model, decode_id(Grid, value, ("where", "within")))

    return condition


def _sealed(
    model: type[Model], name: str, normalise: Callable[[str], str]
) -> Callable[[RequestContext, KeyMatch], ColumnElement[bool]]:
    """Return the condition maker of a sealed value, found by the keyed hash of exactly this value."""

    def condition(ctx: RequestContext, value: KeyMatch) -> ColumnElement[bool]:
        wanted = [*([value.eq] if value.eq is not None else []), *(value.in_ or [])]
        if len(wanted) > _MOST:
            raise BadFilter(reason=f"at most {_MOST} values can be searched for at once.")
        digests = [ctx.keys.digest(name, text) for text in map(_lenient(normalise), wanted) if text]
        return or_(false(), getattr(model, f"{name}_digest").in_(digests)) if digests else false()

    return condition


def _lenient(normalise: Callable[[str], str]) -> Callable[[str], str]:
    """Return the normaliser, giving an empty text for what cannot be such a value and so is never found."""

    def tried(text: str) -> str:
        try:
            return normalise(text)
        except RuleError:
            return ""

    return tried


def _living(ctx: RequestContext, value: BooleanMatch) -> ColumnElement[bool]:
    if value.eq is None:
        return true()
    return models.Person.died_on.is_(None) if value.eq else models.Person.died_on.is_not(None)


@filter_type(models.Person, "Which people to list. Several conditions hold together.")
class PersonFilter(Filter):
    """Conditions on persons."""

    name: PrefixMatch | None = match(
        "name",
        "Name (姓名), exact or from its beginning; needs base.people.name.",
        requires="base.people.name",
    )
    phone: KeyMatch | None = match_by(
        _sealed(models.Person, "phone", rules.normalise_phone),
        "Mobile number (手机号), exact; needs base.people.search.",
        requires="base.people.search",
    )
    document_number: KeyMatch | None = match_by(
        _sealed(models.Person, "document_number", rules.normalise_document),
        "Document number (证件号码), exact; needs base.people.search.",
        requires="base.people.search",
    )
    document_type: EnumMatch[DocumentType] | None = match("document_type", "Kind of document (证件类型).")
    sex: EnumMatch[Sex] | None = match("sex", "Sex (性别).")
    birth_date: DateMatch | None = match(
        "birth_date", "Date of birth (出生日期); needs base.people.read.", requires="base.people.read"
    )
    living: BooleanMatch | None = match_by(_living, "Whether no death is recorded (在世).")
    household: IdMatch | None = match("household_id", "Household (户).")
    grid: IdMatch | None = match("grid_id", "Exactly this grid (网格).")
    within: ID | None = match_by(within_grid(models.Person), "This grid (网格) or one below it.")


@order_type(models.Person, "Order of people.", requires={"name": "base.people.name"})
class PersonOrder(Enum):
    """Orders of persons; by name only for those who may read names."""

    NAME_ASC = "name"
    NAME_DESC = "-name"
    CREATED_AT_ASC = "created_at"
    CREATED_AT_DESC = "-created_at"


@filter_type(models.Household, "Which households to list. Several conditions hold together.")
class HouseholdFilter(Filter):
    """Conditions on households."""

    number: PrefixMatch | None = match("number", "Household number (户号), exact or from its beginning.")
    dwelling: IdMatch | None = match("dwelling_id", "Dwelling (房屋).")
    grid: IdMatch | None = match("grid_id", "Exactly this grid (网格).")
    within: ID | None = match_by(within_grid(models.Household), "This grid (网格) or one below it.")


@order_type(models.Household, "Order of households.")
class HouseholdOrder(Enum):
    """Orders of households."""

    NUMBER_ASC = "number"
    NUMBER_DESC = "-number"
    CREATED_AT_ASC = "created_at"
    CREATED_AT_DESC = "-created_at"


@filter_type(models.Dwelling, "Which dwellings to list. Several conditions hold together.")
class DwellingFilter(Filter):
    """Conditions on dwellings."""

    unit: KeyMatch | None = match("unit", "Unit (单元), exact.")
    room: PrefixMatch | None = match("room", "Room (室), exact or from its beginning.")
    address: KeyMatch | None = match_by(
        _sealed(models.Dwelling, "address", rules.normalise_address),
        "Full address (地址), exact; needs base.people.search.",
        requires="base.people.search",
    )
    grid: IdMatch | None = match("grid_id", "Exactly this grid (网格).")
    within: ID | None = match_by(within_grid(models.Dwelling), "This grid (网格) or one below it.")


@order_type(models.Dwelling, "Order of dwellings.")
class DwellingOrder(Enum):
    """Orders of dwellings."""

    ROOM_ASC = "room"
    ROOM_DESC = "-room"
    CREATED_AT_ASC = "created_at"
    CREATED_AT_DESC = "-created_at"
