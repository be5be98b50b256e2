"""What a programme brings to the schema, as of its last release: written down, and compared with today's."""

import os
import re
import subprocess
import sys
from pathlib import Path

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    parse,
    print_ast,
)

from wangge._host.checking.beneath import beneath
from wangge._host.checking.wheels import Unpacked, unpack, wheel_of
from wangge._host.compose import compose
from wangge._host.compose.changes import Change, Severity, differences
from wangge._host.plugins import PluginManager
from wangge.errors import ConfigurationError

FILE = "released.graphql"
HEAD = "# {slug} {version}: what it brings, as of this release; `wangge plugin sdl --write` wrote it.\n\n"
_HEADING = re.compile(r"^# (\w+) (\S+): ")
_VERSION = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?")
_WITH_FIELDS = {
    ObjectTypeDefinitionNode: "type",
    InterfaceTypeDefinitionNode: "interface",
    InputObjectTypeDefinitionNode: "input",
}
WANGGE = (sys.executable, "-c", "from wangge._host.cli import main; main()")


def sdl_of(manager: PluginManager, slug: str) -> str:
    """Return what a programme brings beside those it builds on, with its version in the first line."""
    own, around = _around(manager, slug)
    known = {name: node for node in parse(around).definitions if (name := _name(node)) is not None}
    parts = [
        part
        for node in parse(own).definitions
        if (name := _name(node)) is not None and (part := _beyond(node, known.get(name)))
    ]
    version = manager.loaded[slug].manifest.version
    return HEAD.format(slug=slug, version=version) + "\n\n".join(parts) + "\n"


def _around(manager: PluginManager, slug: str) -> tuple[str, str]:
    """Return the SDL with a programme, and that of those it builds on alone."""
    below = beneath(manager, slug)
    return compose(manager.select([slug, *below])).sdl, compose(manager.select(below)).sdl


def _name(node: DefinitionNode) -> str | None:
    if isinstance(node, DirectiveDefinitionNode | SchemaDefinitionNode):
        return None
    name = getattr(node, "name", None)
    return str(name.value) if name is not None else None


def _beyond(node: DefinitionNode, known: DefinitionNode | None) -> str:
    """Return a definition, or what of it is not known yet as an extension."""
    if known is None:
        return print_ast(node)
    kind = _WITH_FIELDS.get(type(node))
    if kind is None:
        return ""
    there = {one.name.value for one in getattr(known, "fields", None) or ()}
    added = [one for one in getattr(node, "fields", None) or () if one.name.value not in there]
    if not added:
        return ""
    body = "\n\n".join(print_ast(one) for one in added)
    lines = "\n".join(f"  {line}" if line else "" for line in body.splitlines())
    return f"extend {kind} {_name(node)} {{\n{lines}\n}}"


def changes_since(manager: PluginManager, slug: str, released: str) -> list[Change]:
    """Return how what a programme brings has changed since a release.

    Raises:
        ConfigurationError: when the release cannot be read, or fits the base of today no more.
    """
    own, around = _around(manager, slug)
    return [one for one in differences(f"{around}\n{released}", own) if not one.place.startswith("@")]


def version_of(released: str) -> str:
    """Return the version in the first line of what was released.

    Raises:
        ConfigurationError: when it names none.
    """
    found = _HEADING.match(released)
    if found is None:
        raise ConfigurationError(f"The first line of {FILE} names no version: write it anew.")
    return found[2]


def faults_since(changes: list[Change], before: str, now: str) -> list[str]:
    """Return what a version may not do after another: break frontends without saying so, or go back."""
    old, new = _numbers(before), _numbers(now)
    if new < old:
        return [f"The version {now} is below {before}, which was released."]
    if new[0] > old[0] or (old[0] == new[0] == 0 and new[1] > old[1]):
        return []
    return [one.description for one in changes if one.severity is Severity.BREAKING]


def _numbers(version: str) -> tuple[int, int, int]:
    found = _VERSION.match(version)
    if found is None:
        raise ConfigurationError(f"{version} is no version of the form 1.2.3.")
    return int(found[1]), int(found[2] or 0), int(found[3] or 0)


def sdl_of_package(target: Path, work: Path) -> tuple[Unpacked, str]:
    """Return what the programme of a wheel or folder brings, asked in a process of its own.

    Raises:
        ConfigurationError: when it cannot be built or is set aside.
    """
    unpacked = unpack(wheel_of(target, work), work / "wheel")
    paths = [str(unpacked.folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [*WANGGE, "plugin", "sdl", unpacked.slug]
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ConfigurationError((said or ["Its schema cannot be read."])[-1].removeprefix("Error: "))
    return unpacked, done.stdout
