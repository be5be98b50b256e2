"""What residents and staff read in Chinese is there in Chinese: figures, programmes, permissions."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from wangge._host.messages import Messages
from wangge._host.plugins import PluginManager
from wangge._host.runtime import message_folders

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(
    path for folder in ("core", "schema", "plugins") for path in (ROOT / folder).glob("**/locales/*/*.po")
)


@pytest.fixture(scope="module")
def manager() -> PluginManager:
    return PluginManager()


def test_every_figure_is_translated(manager: PluginManager) -> None:
    messages = Messages(message_folders(manager))
    texts = [
        text
        for plugin in manager.loaded.values()
        for one in plugin.indicators
        for text in (one.title, one.definition)
    ]

    assert texts
    assert [text for text in texts if not messages.knows(text, "zh_Hans")] == []


def test_titles_in_chinese_are_chinese(manager: PluginManager) -> None:
    titles = [
        title.zh
        for plugin in manager.loaded.values()
        for title in (
            plugin.manifest.title,
            *(entry.title for entry in plugin.manifest.permissions.values()),
            *(purpose.title for purpose in plugin.manifest.purposes.values()),
        )
    ]

    assert [title for title in titles if not any("\u4e00" <= letter <= "\u9fff" for letter in title)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parents[2].name}-{path.stem}")
def test_a_catalogue_leaves_nothing_empty_or_doubtful(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file)

    assert [one.id for one in catalogue if one.id and (not one.string or one.fuzzy)] == []
