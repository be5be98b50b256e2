"""The quality scale: every check by name, with what it means, what mends it, and the rung it belongs to."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum


class Rung(Enum):
    """A rung of the scale, the lowest first; its value says what a programme on it is."""

    BRONZE = "It runs: a server takes it, and a district can switch it on and off and be rid of it."
    SILVER = "It is safe: nobody is told what they may not see, and persons keep their rights."
    GOLD = "It is a good neighbour: it stays fast, and where it fails it fails alone and in Chinese."
    PLATINUM = "It can be relied on: a release breaks no frontend, and what it shows can be tried."


@dataclass(frozen=True)
class Check:
    """A check of the suite.

    Attributes:
        key: its name, never renamed.
        rung: where it stands on the scale.
        means: what is so where it passes.
        remedy: what to do where it does not.
    """

    key: str
    rung: Rung
    means: str
    remedy: str


CHECKS = (
    Check(
        "loads",
        Rung.BRONZE,
        "The server finds the programme, and sets it not aside: manifest, names, prefixes and entry point.",
        "Change what the reason names.",
    ),
    Check(
        "composes",
        Rung.BRONZE,
        "Its schema builds with what it requires alone; all of it states its access and is described.",
        "Give the type, field or argument that is named what it lacks.",
    ),
    Check(
        "migrations",
        Rung.BRONZE,
        "Its revisions make exactly the tables of its models, can be taken back, and can be run again.",
        "Write a revision for what differs, and complete its downgrade.",
    ),
    Check(
        "foreign_keys",
        Rung.BRONZE,
        "Its rows keep nobody from deleting a person or a grid.",
        "Give the foreign key `ondelete` CASCADE or SET NULL, in the model and in a revision.",
    ),
    Check(
        "life",
        Rung.BRONZE,
        "A district can enable, suspend, resume and purge it, and finds its data as they were, or nothing.",
        "Let `on_enable` be harmless when it is repeated, and a downgrade drop all that revisions make.",
    ),
    Check(
        "district",
        Rung.SILVER,
        "Nothing that one district holds is told to another, and no token of another is let in.",
        "Keep nothing in modules and classes: what is remembered belongs to a request or a database.",
    ),
    Check(
        "scope",
        Rung.SILVER,
        "No answer, count, filter or cursor tells of a row that its caller may not see, whatever serves it.",
        "Put `GridBound` or `__person_key__` on the model; read through `ctx.db` and never past the scope.",
    ),
    Check(
        "permission",
        Rung.SILVER,
        "Each field is refused to whoever lacks its permission, and to who is not signed in.",
        "Let the field say `requires(…)`, and check nothing in its stead.",
    ),
    Check(
        "refusals",
        Rung.SILVER,
        "A mutation that is refused changes nothing, and a hidden row is to it as one that is not there.",
        "Look rows up with `ctx.db.must_get` and `ctx.db.lock`, and write after all checks.",
    ),
    Check(
        "off",
        Rung.SILVER,
        "Where it is off, each of its fields says so and does nothing.",
        "Add fields with `@extends` alone, in classes that `graphql_extensions` returns.",
    ),
    Check(
        "personal_map",
        Rung.SILVER,
        "The map of personal data names what is there, and whatever points at a person or is sealed.",
        "Complete `[[personal_data]]` in plugin.toml.",
    ),
    Check(
        "export",
        Rung.SILVER,
        "The copy that a person gets holds what the programme keeps on the person.",
        "Name the column in the map, and call a sealed one `x_cipher` where it was sealed as `x`.",
    ),
    Check(
        "erasure",
        Rung.SILVER,
        "An erasure reaches what the programme keeps, while it is on and while it is suspended.",
        "Say `on_erase` and `empties` in the map as the rows can bear it.",
    ),
    Check(
        "pages",
        Rung.GOLD,
        "Long pages cost as many statements as short ones, and fields over many rows as over one.",
        "Declare relations (`related`, `connection`) or load them with `ctx.loaders.by_key`.",
    ),
    Check(
        "tiers",
        Rung.GOLD,
        "What is declared to be SQL is SQL, on the database at hand.",
        "Give the field the SQL form that is missing or broken; `wangge explain` shows it.",
    ),
    Check(
        "raising",
        Rung.GOLD,
        "Where a field of it raises, that field is null and named, and all else is answered.",
        "Let fields on others' types be nullable, and load in the field that shows what was loaded.",
    ),
    Check(
        "hanging",
        Rung.GOLD,
        "Where a field of it hangs, that field is null and named, and all else is answered.",
        "As for `raising`; and wait for nothing in a way that cannot be cancelled.",
    ),
    Check(
        "locales",
        Rung.GOLD,
        "Whatever it says to people it can say in Chinese.",
        "Add the message to locales/zh_Hans.",
    ),
    Check(
        "current",
        Rung.PLATINUM,
        "It uses nothing that a later version of wangge takes away.",
        "Use what the line names instead.",
    ),
    Check(
        "released",
        Rung.PLATINUM,
        "What it brings breaks no frontend of its last release, or its version says that it may.",
        "Keep what was there and deprecate it; or raise the major version, below 1.0 the minor one.",
    ),
    Check(
        "examples",
        Rung.PLATINUM,
        "It offers examples in the explorer, and each runs.",
        "Put operations in examples/, and keep them fitting the schema.",
    ),
)

PASSED, FAILED, OPEN = "passed", "failed", "open"
"""Results of a check: open is what could not be looked at, or is not there to be looked at."""


def check_of(key: str) -> Check:
    """Return a check by its name.

    Raises:
        KeyError: there is none.
    """
    return {one.key: one for one in CHECKS}[key]


def rung_of(passed: Collection[str]) -> Rung | None:
    """Return the highest rung of which all checks, and all of those below, passed; None below the first."""
    reached = None
    for rung in Rung:
        if any(one.key not in passed for one in CHECKS if one.rung is rung):
            break
        reached = rung
    return reached
