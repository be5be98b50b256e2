"""Whether the server takes a programme: its names, its schema, its words, its examples."""

import inspect
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from wangge._host.checking.beneath import beneath
from wangge._host.compose import compose
from wangge._host.examples import examples_of
from wangge._host.messages import Messages
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import Server, message_folders
from wangge.errors import WanggeError
from wangge.manifest import package_folder
from wangge.testing.districts import TestDistrict
from wangge.testing.examples import faults_in_heads, run_examples
from wangge.testing.programmes import filled
from wangge.testing.reporting import checks, insist, leave_open
from wangge.testing.suite.subject import slug_of
from wangge.testing.worlds import Worlds

CHINESE = "zh_Hans"


@checks("loads")
def test_it_is_not_set_aside(request: pytest.FixtureRequest, worlds: Worlds) -> None:
    """Manifest, names, foreign keys, access and prefixes follow the contract."""
    slug = slug_of(request.path)
    aside = worlds.plugins.quarantined.get(slug)
    insist([aside.reason] if aside is not None else [])
    insist([f"No installed package brings {slug}."] if slug not in worlds.plugins.loaded else [])


@checks("current")
def test_it_uses_nothing_that_is_deprecated(plugin: LoadedPlugin) -> None:
    """Level, names, hooks and keys of the manifest stay as they are, as far as is known today."""
    insist(plugin.warnings)


@checks("composes")
def test_it_composes_with_the_base_alone(plugin: LoadedPlugin, worlds: Worlds) -> None:
    """Everything that frontends meet is described, and the schema builds without other programmes."""
    manager = worlds.plugins
    composed = compose(manager.select([plugin.slug, *beneath(manager, plugin.slug)]))
    shown = f'@plugin(name: "{plugin.slug}"' in composed.sdl
    insist([] if shown else [f"{plugin.slug} brings nothing that frontends would meet."])


@checks("locales")
def test_every_message_is_there_in_chinese(plugin: LoadedPlugin, worlds: Worlds) -> None:
    """Errors and figures are translated, with the same values in them; no catalogue is empty or doubtful."""
    folder = package_folder(plugin.package)
    messages = Messages(message_folders(worlds.plugins))
    texts = {error.message: error.__name__ for error in errors_of(plugin.package)}
    for figure in plugin.indicators:
        texts[figure.title] = f"The title of {figure.key}"
        texts[figure.definition] = f"The definition of {figure.key}"
    found = (_fault_of(messages, text, where) for text, where in texts.items())
    faults = [fault for fault in found if fault is not None]
    insist(faults + _doubtful(folder) + _titles(plugin))


def _fault_of(messages: Messages, text: str, where: str) -> str | None:
    if not messages.knows(text, CHINESE):
        return f"{where} is not in locales/{CHINESE}: {text!r}."
    if values_of(messages.text(text, CHINESE)) != values_of(text):
        return f"{where} has other values in Chinese: {messages.text(text, CHINESE)!r}."
    return None


def _doubtful(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.glob("locales/*/*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        found += [
            f"{path.name}: {one.id!r} is {'doubtful' if one.fuzzy else 'empty'}."
            for one in catalogue
            if one.id and (one.fuzzy or not one.string)
        ]
    return found


def _titles(plugin: LoadedPlugin) -> list[str]:
    manifest = plugin.manifest
    titles = {"title": manifest.title}
    titles |= {f"permissions.{key}": one.title for key, one in manifest.permissions.items()}
    titles |= {f"purposes.{key}": one.title for key, one in manifest.purposes.items()}
    titles |= {one.table: one.title for one in manifest.personal_data if one.title is not None}
    return [
        f"plugin.toml: {where} is not Chinese: {title.zh!r}."
        for where, title in titles.items()
        if not any("\u4e00" <= letter <= "\u9fff" for letter in title.zh)
    ]


def errors_of(package: str) -> list[type[WanggeError]]:
    """Return the errors that a package defines."""
    root = import_module(package)
    found: dict[str, type[WanggeError]] = {}
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        if ".migrations." in info.name:
            continue
        for _, kind in inspect.getmembers(import_module(info.name), inspect.isclass):
            if issubclass(kind, WanggeError) and kind.__module__.startswith(f"{package}."):
                found[kind.__qualname__] = kind
    return list(found.values())


def values_of(text: str) -> set[str]:
    """Return the names between braces."""
    return {part.partition("}")[0] for part in text.split("{")[1:]}


@checks("examples")
async def test_its_examples_can_be_run(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> None:
    """Run what the package offers in `examples/`, in a district with demo data, as those it is meant for."""
    if not examples_of(plugin.package):
        leave_open("It offers no examples.")
    await filled(plugin, server, district)
    insist(faults_in_heads(plugin))
    insist([one.fault for one in await run_examples(plugin, district) if one.fault])
