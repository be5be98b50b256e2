"""A plugin's level of the plugin API is spoken, warned of, or refused: by a table and the version."""

from collections.abc import Callable
from importlib.metadata import EntryPoint
from importlib.resources import files
from pathlib import Path

import pytest

from wangge._host.plugins import PluginManager
from wangge.errors import PluginError
from wangge.levels import ApiLevel, check_level, spoken

Plant = Callable[..., EntryPoint]
Managing = Callable[..., PluginManager]

TABLE = (
    ApiLevel(1, since="0.1.0", deprecated_since="0.2.0", refused_from="0.4.0"),
    ApiLevel(2, since="0.2.0"),
)
WARNING = (
    "It targets plugin API 1, which wangge 0.4.0 will refuse: "
    "install a release of the plugin for plugin API 2."
)
REFUSAL = (
    "it targets plugin API 1, which wangge refuses since 0.4.0; it speaks 2: "
    "install a release of the plugin for plugin API 2."
)
UNKNOWN = (
    "it targets plugin API 3, which wangge {version} does not know; it speaks {spoken}: "
    "upgrade wangge, or install a release of the plugin for plugin API {spoken}."
)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the server be of a version, with two levels, the older of which ends with 0.4.0."""

    def be(version: str) -> None:
        monkeypatch.setattr("wangge.levels.LEVELS", TABLE)
        monkeypatch.setattr("wangge.version.VERSION", version)

    return be


@pytest.mark.parametrize(
    ("version", "warning", "levels"),
    [
        ("0.1.9", None, "1 to 2"),
        ("0.2.0", WARNING, "1 to 2"),
        ("0.3.7", WARNING, "1 to 2"),
    ],
)
def test_an_old_level_is_warned_of_until_its_end(
    at: Callable[[str], None], version: str, warning: str | None, levels: str
) -> None:
    at(version)

    assert (check_level(1), check_level(2), spoken()) == (warning, None, levels)


@pytest.mark.parametrize("version", ["0.4.0.dev1", "0.4.0", "1.0.0"])
def test_an_old_level_is_refused_from_its_end_on(at: Callable[[str], None], version: str) -> None:
    at(version)

    with pytest.raises(PluginError) as refused:
        check_level(1)

    assert (str(refused.value), spoken()) == (REFUSAL, "2")


def test_a_level_that_is_not_known_yet_says_what_to_do(at: Callable[[str], None]) -> None:
    at("0.3.0")

    with pytest.raises(PluginError) as refused:
        check_level(3)

    assert str(refused.value) == UNKNOWN.format(version="0.3.0", spoken="1 to 2")


def test_a_programme_of_an_old_level_loads_with_a_warning(
    at: Callable[[str], None], plant: Plant, managing: Managing
) -> None:
    at("0.3.0")

    manager = managing(plant("lamps"))

    assert manager.quarantined == {}
    assert manager.loaded["lamps"].warnings == [WARNING]


def test_a_programme_of_a_refused_level_is_set_aside_with_what_to_do(
    plant: Plant, managing: Managing, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = ApiLevel(7, since="0.1.0", deprecated_since="0.2.0", refused_from="0.4.0")
    monkeypatch.setattr("wangge.levels.LEVELS", (over, ApiLevel(1, since="0.1.0")))
    monkeypatch.setattr("wangge.version.VERSION", "0.4.0")
    point = plant("lamps", "raise RuntimeError('its code is not run')")
    page = files(point.module.rpartition(".")[0]) / "plugin.toml"
    Path(str(page)).write_text(page.read_text(encoding="utf-8").replace("api = 1", "api = 7"), "utf-8")

    manager = managing(point, plant("sound"))

    assert set(manager.loaded) == {"base", "sound"}
    assert manager.quarantined["lamps"].reason == (
        "planted_lamps/plugin.toml: api: it targets plugin API 7, which wangge refuses since 0.4.0; "
        "it speaks 1: install a release of the plugin for plugin API 1."
    )
