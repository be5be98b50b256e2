"""A programme that breaks the contract is set aside with its reason; the rest starts."""

from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest

from wangge._host.plugins import GROUP, PluginManager

Plant = Callable[..., EntryPoint]
Managing = Callable[..., PluginManager]

TABLE = """
    from uuid import UUID
    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import Mapped, mapped_column
    from wangge import Identified, Model, hookimpl

    class Row(Identified, Model):
        \"\"\"A row.\"\"\"

        __tablename__ = "{table}"
        {column}

    @hookimpl
    def models():
        return [Row]
"""


def _with_table(table: str, column: str = "pass") -> str:
    return TABLE.format(table=table, column=column)


def _pointing(target: str, ondelete: str | None) -> str:
    rule = f', ondelete="{ondelete}"' if ondelete else ""
    return f'other_id: Mapped[UUID] = mapped_column(ForeignKey("{target}"{rule}))'


BROKEN: dict[str, tuple[str, str]] = {
    "raises": ("raise RuntimeError('lamp broken')", "lamp broken"),
    "syntax": ("def", "invalid syntax"),
    "import": ("import no_such_package_at_all", "no_such_package_at_all"),
    "unknown_hook": (
        "from wangge import hookimpl\n@hookimpl\ndef on_fire(): return 1\n",
        "implements hooks that do not exist: on_fire",
    ),
    "hook_raises": (
        "from wangge import hookimpl\n@hookimpl\ndef models(): raise KeyError('lamp')\n",
        "lamp",
    ),
    "foreign_table": (_with_table("other_rows"), "the table other_rows must be called foreign_table_…"),
    "blocking_key": (
        _with_table("blocking_key_rows", _pointing("base_people.id", None)),
        "needs ON DELETE CASCADE or SET NULL",
    ),
    "strange_key": (
        _with_table("strange_key_rows", _pointing("volunteer_points_teams.id", "CASCADE")),
        "tables may point to their own and to the base's",
    ),
    "foreign_event": (
        "from wangge import EventType, hookimpl\n@hookimpl\n"
        "def event_types(): return [EventType('other.lit', 'A lamp.')]\n",
        "the event other.lit must start with foreign_event.",
    ),
    "unsaid_capability": (
        "from wangge import hookimpl\n@hookimpl\ndef capabilities(): return {'lamps/1': object()}\n",
        "`provides` and the hook `capabilities` must name the same",
    ),
}


@pytest.mark.parametrize("slug", BROKEN)
def test_what_breaks_the_contract_is_set_aside(plant: Plant, managing: Managing, slug: str) -> None:
    code, told = BROKEN[slug]

    manager = managing(plant(slug, code), plant("sound"))

    assert set(manager.loaded) == {"base", "sound"}
    assert told in manager.quarantined[slug].reason


def test_a_package_that_is_not_there_is_set_aside(managing: Managing) -> None:
    manager = managing(EntryPoint("gone", "no_such_package.plugin", GROUP))

    assert set(manager.loaded) == {"base"}
    assert "no_such_package" in manager.quarantined["gone"].reason


def test_an_entry_point_of_another_name_is_set_aside(plant: Plant, managing: Managing) -> None:
    point = plant("lamps")

    manager = managing(EntryPoint("bulbs", point.value, GROUP))

    assert manager.quarantined["bulbs"].reason == (
        "Entry point bulbs and the manifest's slug lamps must be one name."
    )


def test_what_a_plugin_module_imports_is_no_hook(plant: Plant, managing: Managing) -> None:
    point = plant("lamps", "from sqlalchemy import func\nfrom wangge import hookimpl\n")

    assert managing(point).quarantined == {}


def test_a_sound_programme_keeps_its_keys_to_people(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("lamps", _with_table("lamps_rows", _pointing("base_people.id", "CASCADE"))))

    assert manager.quarantined == {}
    assert [model.__tablename__ for model in manager.loaded["lamps"].models] == ["lamps_rows"]
