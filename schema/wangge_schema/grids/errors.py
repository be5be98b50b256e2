"""What can be wrong with grids, their levels and codes; each failure is one class with one code."""

from wangge import RuleError


class GridCodeInvalid(RuleError):
    """Raise when a code has not the form of its level."""

    code = "BASE_GRID_CODE_INVALID"
    message = (
        "{code} is not a code of level {level}: expected {digits} digits, or a local code of capitals, "
        "digits and hyphens such as GX01-001."
    )


class GridCodeTaken(RuleError):
    """Raise when another grid carries the code."""

    code = "BASE_GRID_CODE_TAKEN"
    message = "Another grid carries the code {code}: choose the next free one."


class GridCodeRequired(RuleError):
    """Raise when a grid above the community level comes without a code; nothing is allocated there."""

    code = "BASE_GRID_CODE_REQUIRED"
    message = "Give the code: only grids below a community get the next free one by themselves."


class GridSerialsExhausted(RuleError):
    """Raise when all three-digit serials below a grid are used."""

    code = "BASE_GRID_SERIALS_EXHAUSTED"
    message = "All 999 serials below {code} are used: give a local code."


class GridNameBlank(RuleError):
    """Raise when a grid's name is empty."""

    code = "BASE_GRID_NAME_BLANK"
    message = "Give the grid a name."


class GridNameTooLong(RuleError):
    """Raise when a grid's name does not fit."""

    code = "BASE_GRID_NAME_TOO_LONG"
    message = "A grid's name has at most {limit} characters: shorten it."


class GridLevelUnknown(RuleError):
    """Raise when a level is not one of the district's."""

    code = "BASE_GRID_LEVEL_UNKNOWN"
    message = "This district has no level {level}: use one of {levels}."


class GridLevelOrder(RuleError):
    """Raise when a grid would not rank below its parent."""

    code = "BASE_GRID_LEVEL_ORDER"
    message = "A grid of level {level} cannot lie below one of level {parent}: choose a parent further up."


class GridCommunityNeeded(RuleError):
    """Raise when a grid below the community level would not lie in a community or village.

    Every grid belongs to a community or village, never directly to a street or district (practice of
    DB6101/T 3185-2024).
    """

    code = "BASE_GRID_COMMUNITY_NEEDED"
    message = "A grid of level {level} must lie in a community or village: choose one as its parent."


class GridTooDeep(RuleError):
    """Raise when a grid would lie deeper than rows remember their ancestors."""

    code = "BASE_GRID_TOO_DEEP"
    message = "The tree may be at most {deepest} levels below the district: choose a parent further up."


class GridCycle(RuleError):
    """Raise when a grid would become its own ancestor."""

    code = "BASE_GRID_CYCLE"
    message = "A grid cannot lie below itself: choose a parent outside it."


class GridRootFixed(RuleError):
    """Raise when the district itself would be moved, split, merged or given a parent."""

    code = "BASE_GRID_ROOT_FIXED"
    message = "The district itself stays the root of the tree: choose a grid below it."


class GridClosed(RuleError):
    """Raise when a grid that is no longer valid would be changed."""

    code = "BASE_GRID_CLOSED"
    message = "The grid {code} ended on {date}: use one of its successors."


class GridDateTooEarly(RuleError):
    """Raise when grids would end before they began."""

    code = "BASE_GRID_DATE_TOO_EARLY"
    message = "The date must not lie before {earliest}, when the grid began."


class GridDateInFuture(RuleError):
    """Raise when a grid would begin or end in the future."""

    code = "BASE_GRID_DATE_IN_FUTURE"
    message = "The date must not lie in the future: record the change on the day it happens."


class GridFunctionUnknown(RuleError):
    """Raise when a function is not one of the district's."""

    code = "BASE_GRID_FUNCTION_UNKNOWN"
    message = "This district has no grid function {function}: use one of {functions}."


class GridPartsTooFew(RuleError):
    """Raise when a grid would be split into fewer than two."""

    code = "BASE_GRID_PARTS_TOO_FEW"
    message = "Name at least two grids to split into."


class GridMergeTooFew(RuleError):
    """Raise when fewer than two grids would be merged."""

    code = "BASE_GRID_MERGE_TOO_FEW"
    message = "Name at least two different grids to merge."


class GridsNotSiblings(RuleError):
    """Raise when grids of different levels or parents would be merged or redrawn together."""

    code = "BASE_GRIDS_NOT_SIBLINGS"
    message = "Only grids of one level below one parent can be merged or redrawn together: move them first."


class GridPartOverlap(RuleError):
    """Raise when a sub-grid or dwelling is given to two of the new grids."""

    code = "BASE_GRID_PART_OVERLAP"
    message = "A sub-grid or dwelling is given to two of the new grids: name each once."


class GridPartForeign(RuleError):
    """Raise when a sub-grid or dwelling given to a new grid is not of the old ones."""

    code = "BASE_GRID_PART_FOREIGN"
    message = "Only what lies directly in the old grids can be given to the new ones: check the lists."


class GridSubgridsUnassigned(RuleError):
    """Raise when a split or redraw says nothing of a sub-grid."""

    code = "BASE_GRID_SUBGRIDS_UNASSIGNED"
    message = "{count} sub-grids are given to none of the new grids: name each in one of them."


class GridSizeUnusual(RuleError):
    """Warn that a grid has fewer or more households than the district's range; never a refusal."""

    code = "BASE_GRID_SIZE_UNUSUAL"
    message = "The grid {code} has {households} households; this district aims at {low} to {high}."


class GridRolesLeft(RuleError):
    """Warn that roles are held at grids that ended, where there is nothing left to see; never a refusal."""

    code = "BASE_GRID_ROLES_LEFT"
    message = "{count} roles are held at grids that ended: grant them anew at the grids that took over."


class LevelSchemeInvalid(RuleError):
    """Raise when a level scheme lacks a level that the division tables need, or repeats one."""

    code = "BASE_LEVEL_SCHEME_INVALID"
    message = (
        "A level scheme needs district with rank 0, street below it and community below that, "
        "and every key and rank once."
    )


class LevelSchemeUnknown(RuleError):
    """Raise when a district's settings name a level scheme that does not exist."""

    code = "BASE_LEVEL_SCHEME_UNKNOWN"
    message = "There is no level scheme {scheme}: set grid_scheme to one of {schemes}."


class GridParentMissing(RuleError):
    """Raise when an imported row names a parent that neither the file nor the district has."""

    code = "BASE_GRID_PARENT_MISSING"
    message = "The parent {code} is neither in the file nor in the district: import it first."


class GridLevelFixed(RuleError):
    """Raise when an imported row gives a known grid another level."""

    code = "BASE_GRID_LEVEL_FIXED"
    message = "The grid {code} is of level {level}: a grid keeps its level, so end it and create another one."


class GridRowRepeated(RuleError):
    """Raise when a file names the same code twice."""

    code = "BASE_GRID_ROW_REPEATED"
    message = "The code {code} stands in line {line} already: keep one of the rows."


class GridKindUnknown(RuleError):
    """Raise when an imported row names a kind that does not exist."""

    code = "BASE_GRID_KIND_UNKNOWN"
    message = "{kind} is not a kind of grid: use BASIC (基本), SPECIAL (专属) or MICRO (微)."


class GridDateUnreadable(RuleError):
    """Raise when an imported row holds something else where a date belongs."""

    code = "BASE_GRID_DATE_UNREADABLE"
    message = "This is not a date: write it as 2026-11-22."


class DistrictNotInFile(RuleError):
    """Raise when a division table holds nothing of the district."""

    code = "BASE_DISTRICT_NOT_IN_FILE"
    message = "The file holds no row of the district {code}: check the file and the code."


class QrPurposeTooLong(RuleError):
    """Raise when the purpose of a QR anchor does not fit."""

    code = "BASE_QR_PURPOSE_TOO_LONG"
    message = "The purpose of a code has at most {limit} characters: shorten it."


class QrPurposeBlank(RuleError):
    """Raise when a QR anchor has no purpose."""

    code = "BASE_QR_PURPOSE_BLANK"
    message = "Say what the code is for, such as the building it hangs on."
