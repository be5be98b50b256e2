"""Inputs and payloads of the mutations of grids."""

from datetime import date

from wangge import ID, Input, Payload, argument, column, input_type, payload_type
from wangge_schema.grids.rules import GridKind
from wangge_schema.grids.types.objects import Grid, QrAnchor


@input_type("A new grid (新建网格).")
class CreateGridInput(Input):
    """What a new grid is made of."""

    parent: ID = argument("Administrative parent, within the caller's grids.")
    name: str = argument("Name.")
    level: str = argument("Key of a level of the district that ranks below the parent's.")
    code: str | None = argument(
        "Code; left out below a community, the next free one: the parent's and a 3-digit serial.",
        default=None,
    )
    kind: GridKind = argument("Kind.", default=GridKind.BASIC)
    functions: list[str] | None = argument("Keys of the functions merged into it.", default=None)
    managing_parent: ID | None = argument("Who manages it, where that is not the parent.", default=None)
    valid_from: date | None = argument("First day on which it holds; today if left out.", default=None)


@input_type("A grid to move (调整上级).")
class MoveGridInput(Input):
    """Where a grid goes."""

    grid: ID = argument("The grid; all below it goes with it, codes stay.")
    parent: ID = argument("The new administrative parent, within the caller's grids.")
    managing_parent: ID | None = argument(
        "Who manages it from now on, where that is not the parent.", default=None
    )


@input_type("A grid that takes over from another (新网格).")
class GridPartInput:
    """One of the grids that take over."""

    name: str = argument("Name.")
    code: str | None = argument("Code; left out below a community, the next free one.", default=None)
    kind: GridKind | None = argument("Kind; the old grid's if left out.", default=None)
    functions: list[str] | None = argument(
        "Keys of its functions; all of the old grids' if left out.", default=None
    )
    grids: list[ID] | None = argument("Sub-grids that it takes over.", default=None)
    dwellings: list[ID] | None = argument(
        "Dwellings that it takes over, of those directly in the old grids; the rest goes to the first part.",
        default=None,
    )


@input_type("A grid to split (拆分).")
class SplitGridInput(Input):
    """How a grid is split."""

    grid: ID = argument("The grid that ends.")
    parts: list[GridPartInput] = argument(
        "The grids that take over: two or more, every sub-grid in one of them."
    )
    on: date | None = argument("Day of the change; today if left out.", default=None)


@input_type("Grids to merge (合并).")
class MergeGridsInput(Input):
    """How grids are merged."""

    grids: list[ID] = argument("The grids that end: two or more of one level below one parent.")
    name: str = argument("Name of the grid that takes over.")
    code: str | None = argument(
        "Its code, which may be that of an old one; left out below a community, the next free one.",
        default=None,
    )
    kind: GridKind | None = argument("Its kind; the first old grid's if left out.", default=None)
    functions: list[str] | None = argument(
        "Keys of its functions; all of the old grids' if left out.", default=None
    )
    on: date | None = argument("Day of the change; today if left out.", default=None)


@input_type("Grids to redraw (重划).")
class RedrawGridsInput(Input):
    """How grids are redrawn."""

    grids: list[ID] = argument("The grids that end: of one level below one parent.")
    parts: list[GridPartInput] = argument(
        "The grids that take over: two or more, every sub-grid in one of them."
    )
    on: date | None = argument("Day of the change; today if left out.", default=None)


@input_type("A new QR anchor (新建二维码).")
class CreateQrAnchorInput(Input):
    """What a QR anchor is made of."""

    grid: ID = argument("Where it hangs, within the caller's grids.")
    purpose: str = argument("What it is for, such as the building's name.")


@payload_type("Answer of createGrid.")
class CreateGridPayload(Payload):
    """The new grid."""

    grid: Grid | None = column("The new grid.", default=None)


@payload_type("Answer of moveGrid.")
class MoveGridPayload(Payload):
    """The moved grid."""

    grid: Grid | None = column("The grid in its new place.", default=None)


@payload_type("Answer of splitGrid.")
class SplitGridPayload(Payload):
    """What a split led to."""

    grid: Grid | None = column("The grid that ended.", default=None)
    parts: list[Grid] | None = column("The grids that took over, in the order given.", default=None)


@payload_type("Answer of mergeGrids.")
class MergeGridsPayload(Payload):
    """What a merger led to."""

    grid: Grid | None = column("The grid that took over.", default=None)


@payload_type("Answer of redrawGrids.")
class RedrawGridsPayload(Payload):
    """What a redrawing led to."""

    parts: list[Grid] | None = column("The grids that took over, in the order given.", default=None)


@payload_type("Answer of createQrAnchor.")
class CreateQrAnchorPayload(Payload):
    """The new anchor."""

    qr_anchor: QrAnchor | None = column("The new anchor.", default=None)
