"""What is deprecated works and warns until its version comes; then its use is an error, by itself."""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint
from typing import Any

import pytest

import wangge
import wangge_schema
from wangge import PluginError, WanggeDeprecationWarning, load_manifest
from wangge._host.compose import compose
from wangge._host.deprecated_uses import hook_uses, static_uses
from wangge._host.plugins import PluginManager
from wangge.deprecations import Deprecation
from wangge.testing.suite import loading
from wangge_schema import models as base

Plant = Callable[..., EntryPoint]
Managing = Callable[..., PluginManager]
At = Callable[[str], None]

ENTRIES = (
    Deprecation("wangge.glow", "0.1.0", "light", "0.3.0", "wangge.graphql.fields:money"),
    Deprecation("wangge_schema.Lantern", "0.1.0", "Lamp", "0.3.0", "wangge_schema:Grid"),
    Deprecation("wangge_schema.models.Lantern", "0.1.0", "Lamp", "0.3.0", "wangge_schema.models:Grid"),
    Deprecation("hook models", "0.1.0", "tables", "0.3.0"),
    Deprecation("hook demo_data(progress)", "0.1.0", "ctx.progress", "0.3.0"),
    Deprecation("manifest.wants", "0.1.0", "wishes", "0.3.0"),
    Deprecation("manifest.permissions.roles", "0.1.0", "holders", "0.3.0"),
    Deprecation("manifest.personal_data.empties", "0.1.0", "cleared", "0.3.0"),
)
GOING = "{} is deprecated since wangge 0.1.0 and removed in 0.3.0: use {}."
GONE = "{} was removed in wangge 0.3.0: use {}."


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Plant entries; let wangge be of a version, 0.2.0 at first."""
    monkeypatch.setattr("wangge.deprecations.DEPRECATIONS", ENTRIES)

    def be(version: str) -> None:
        monkeypatch.setattr("wangge.version.VERSION", version)

    be("0.2.0")
    return be


@pytest.mark.parametrize(
    ("door", "name", "use", "stands_for"),
    [
        (wangge, "glow", "light", wangge.money),
        (wangge_schema, "Lantern", "Lamp", wangge_schema.Grid),
        (base, "Lantern", "Lamp", base.Grid),
    ],
    ids=["the kit", "the base", "its tables"],
)
def test_a_deprecated_name_works_and_warns_until_it_is_gone(
    at: At, door: Any, name: str, use: str, stands_for: object
) -> None:
    what = f"{door.__name__}.{name}"

    with pytest.warns(WanggeDeprecationWarning) as warned:
        assert getattr(door, name) is stands_for
    assert [str(one.message) for one in warned] == [GOING.format(what, use)]
    assert [one.filename for one in warned] == [__file__]

    at("0.3.0")
    with pytest.raises(ImportError) as refused:
        getattr(door, name)
    assert str(refused.value) == GONE.format(what, use)


def test_a_name_that_never_was_is_missing_as_ever() -> None:
    with pytest.raises(AttributeError, match="module 'wangge' has no attribute 'gloom'"):
        wangge.gloom  # type: ignore[attr-defined]  # noqa: B018  # what is tested
    with pytest.raises(ImportError, match="cannot import name 'gloom' from 'wangge'"):
        from wangge import gloom  # type: ignore[attr-defined]  # noqa: F401


PERSONAL = """
[permissions."lamps.lamps.read"]
title = { zh = "查看", en = "Read" }
roles = ["grid_worker"]
"""
USES: dict[str, tuple[dict[str, str], str, str, str]] = {
    "name": (
        {"services": "def glow():\n    from wangge import glow\n"},
        "services.py",
        "wangge.glow",
        "light",
    ),
    "attribute": (
        {"services": "import wangge as kit\n\n\ndef shine():\n    return kit.glow\n"},
        "services.py",
        "wangge.glow",
        "light",
    ),
    "table": (
        {"services": "from wangge_schema import models as base\n\n\ndef find():\n    return base.Lantern\n"},
        "services.py",
        "wangge_schema.models.Lantern",
        "Lamp",
    ),
    "hook": (
        {"code": "from wangge import hookimpl\n@hookimpl\ndef models():\n    return []\n"},
        "plugin.py",
        "hook models",
        "tables",
    ),
    "argument": (
        {"code": "from wangge import hookimpl\n@hookimpl\nasync def demo_data(ctx, progress):\n    pass\n"},
        "plugin.py",
        "hook demo_data(progress)",
        "ctx.progress",
    ),
    "key": ({"extra": 'wants = ["light/1"]'}, "plugin.toml", "manifest.wants", "wishes"),
    "inner key": ({"extra": PERSONAL}, "plugin.toml", "manifest.permissions.roles", "holders"),
}


@pytest.mark.parametrize("use", USES)
def test_whoever_uses_it_is_warned_by_name(plant: Plant, managing: Managing, use: str) -> None:
    files, where, what, instead = USES[use]

    manager = managing(plant("lamps", **files))

    assert manager.loaded["lamps"].warnings == [f"{where}: {GOING.format(what, instead)}"]


@pytest.mark.parametrize("use", ["name", "attribute", "table", "key"])
def test_whoever_uses_what_is_gone_is_set_aside(plant: Plant, managing: Managing, at: At, use: str) -> None:
    files, where, what, instead = USES[use]
    point = plant("lamps", **files)
    at("0.3.0")

    with pytest.MonkeyPatch.context() as patch:  # the base uses what else is planted
        patch.setattr("wangge.deprecations.DEPRECATIONS", [one for one in ENTRIES if one.what == what])
        manager = managing(point, plant("sound"))

    assert set(manager.loaded) == {"base", "sound"}
    assert manager.quarantined["lamps"].reason == f"lamps: {where}: {GONE.format(what, instead)}"


@pytest.mark.parametrize("use", ["hook", "argument", "inner key"])
def test_a_hook_or_a_key_that_is_gone_is_refused(plant: Plant, at: At, use: str) -> None:
    files, where, what, instead = USES[use]
    package = plant("lamps", **files).module.rpartition(".")[0]
    module = import_module(f"{package}.plugin")
    at("0.3.0")

    with pytest.raises(PluginError) as refused:
        (static_uses(load_manifest(package), package), hook_uses("lamps", module))

    assert str(refused.value) == f"lamps: {where}: {GONE.format(what, instead)}"


def test_the_suite_holds_against_a_programme_what_it_uses(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("lamps", **USES["key"][0]), plant("sound"))

    loading.test_it_uses_nothing_that_is_deprecated(manager.loaded["sound"])
    with pytest.raises(pytest.fail.Exception) as failed:
        loading.test_it_uses_nothing_that_is_deprecated(manager.loaded["lamps"])

    assert str(failed.value) == f"plugin.toml: {GOING.format('manifest.wants', 'wishes')}"


def test_a_word_in_a_comment_is_no_use(plant: Plant, managing: Managing) -> None:
    text = "# wangge.glow is not used here\nglow = 1\nhooks = 'models'\n"

    manager = managing(plant("lamps", services=text))

    assert manager.loaded["lamps"].warnings == []


SHOWING = """
    from enum import Enum
    from typing import Annotated
    import strawberry
    from wangge import *

    class XyGlow(Enum):
        WARM = "warm"
        COLD = "cold"

    graphql_enum(XyGlow, "A glow.", WARM="Warm.", COLD="Cold.")
    {member}

    @extends(Query)
    class Lamps:
        @{field}
        @query(access=public, description="How bright.")
        def xy_bright(self, glow: Annotated[XyGlow | None, {argument}(described("Which."))] = None) -> int:
            return 7

    @hookimpl
    def graphql_extensions():
        return [Lamps]
"""
PLAIN = "(lambda one: one)"
GOING_AWAY = 'deprecated(since="0.1.0", use="{use}", removed_in="{removed_in}")'


def showing(removed_in: str = "1.1.0", *, field: str = "", argument: str = "", member: str = "") -> str:
    """Return a programme that deprecates a field, an argument or a member for what is named."""

    def mark(use: str) -> str:
        return GOING_AWAY.format(use=use, removed_in=removed_in) if use else PLAIN

    called = f'{mark(member)}(XyGlow, "COLD")' if member else ""
    return SHOWING.format(field=mark(field), argument=mark(argument), member=called)


def test_frontends_see_what_goes_and_when(plant: Plant, managing: Managing) -> None:
    code = showing(field="xyLight", argument="xyLight", member="WARM")

    manager = managing(plant("lamps", code))

    assert manager.quarantined == {}
    sdl = compose(manager.select(["lamps"])).sdl
    for use, times in (("xyLight", 2), ("WARM", 1)):
        reason = f'@deprecated(reason: "Deprecated since 0.1.0. Use {use}. Removed in 1.1.0.")'
        assert sdl.count(reason) == times


PLACES = {"field": "Query.xyBright", "argument": "Query.xyBright(glow:)", "member": "XyGlow.COLD"}


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize(
    ("removed_in", "told"),
    [
        ("1.0.0", "was to be removed in 1.0.0, and this is 1.0.0: take it out."),
        ("0.2.0", "is deprecated since 0.1.0 and removed in 0.2.0: give frontends 2 minor versions."),
        ("soon", "is deprecated, and 'soon' is no version of the form 1.2.3."),
    ],
    ids=["over", "too short", "no version"],
)
def test_a_programme_keeps_its_own_schedule(
    plant: Plant, managing: Managing, kind: str, removed_in: str, told: str
) -> None:
    manager = managing(plant("lamps", showing(removed_in, **{kind: "something"})))

    assert manager.quarantined["lamps"].reason == f"lamps: {PLACES[kind]} {told}"


def test_a_reason_of_another_form_is_refused(plant: Plant, managing: Managing) -> None:
    code = showing(field="xyLight").replace(
        GOING_AWAY.format(use="xyLight", removed_in="1.1.0"),
        "(lambda one: (setattr(one, WHY, 'Old.'), one)[1])",
    )
    code = code.replace("class XyGlow(Enum)", "WHY = 'deprecation_reason'\n\n    class XyGlow(Enum)")

    manager = managing(plant("lamps", code))

    assert manager.quarantined["lamps"].reason == (
        "lamps: Query.xyBright is deprecated for a reason of another form than "
        "“Deprecated since 1.2.0. Use …. Removed in 1.4.0.”: use `deprecated`."
    )
