"""Writes the page of errors from the classes: `python -m wangge._host.reference > core/docs/errors.md`."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import typer

from wangge._host.messages import DEFAULT, Messages
from wangge._host.plugins import BASE, PluginManager
from wangge._host.runtime import message_folders
from wangge._host.transfer.failures import TransferError
from wangge.errors import ConfigurationError, PluginError, RequestError, RuleError, RuleErrors, WanggeError

INTRODUCTION = """\
# Errors

One failure, one class, one code, one heading on this page. Codes never change their meaning; messages do, so
decide by `code` and show `message` to people. Messages come in Chinese (`zh_Hans`), or in English where
`Accept-Language` prefers it.

There are two ways in which a failure reaches a frontend:

- **`userErrors`** of a mutation's payload: what the caller can mend. Each has `code`, `message` and `path`,
  the place in the input as field names from the outside in. With one of these, nothing has changed. What only
  deserves a look comes as `warnings` in the same form; then the change was made.
- **GraphQL errors** in the answer's `errors`, with `extensions.code`: the request as such cannot be served.
  Where the field is nullable, the rest of the answer stands. A rule that fails in a query comes this way too.

A refusal of the whole request also carries an HTTP status, given below. Errors to the operator end a command
with one line on stderr and exit code 1.

This page is written from the classes themselves. After adding or changing one, run
`uv run python -m wangge._host.reference > core/docs/errors.md`; a test compares.

## GraphQL documents

The server answers these for documents that never reach a resolver.

### GRAPHQL_PARSE_FAILED

The document is not GraphQL; the message gives line and column. Mend the document.

### GRAPHQL_VALIDATION_FAILED

The document does not fit the district's schema, or its variables do not fit the document. Compare it with
`/{district}/schema.graphql`; a field of a programme that is switched off answers `PLUGIN_NOT_ENABLED`.
"""

GROUPS = {
    "wangge.errors": ("Platform", "Failures that any programme may raise."),
    "wangge._host": ("Server", "Requests that the server turns away, and the life of programmes."),
    "wangge.importing": ("Imports", "Rows and files that `wangge import` refuses; they stand in its report."),
    "wangge_schema.access": ("Base: access", "Who holds which role where."),
    "wangge_schema.calendars": ("Base: calendars", "Working days and deadlines."),
    "wangge_schema.consent": ("Base: consent", "What residents agreed to (PIPL arts. 13–16, 31)."),
    "wangge_schema.grids": ("Base: grids", "The district's tree, its codes and its history."),
    "wangge_schema.organizations": ("Base: organisations", "Organisations and who belongs to them."),
    "wangge_schema.people": ("Base: people", "Persons, dwellings, households and residences."),
    "wangge_schema.posts": ("Base: posts", "Who serves which grid, and pairings."),
    "wangge_schema.rights": ("Base: rights", "Copies, restriction and erasure of data (PIPL arts. 44–47)."),
}
"""Start of a module's name → (heading, what the group is about)."""

VOICES = {
    "Raise, or warn,": "Raised, or given as a warning,",
    "Raise ": "Raised ",
    "Warn that": "Given as a warning:",
}
"""How a docstring begins → how the page tells it."""


def error_classes(manager: PluginManager) -> list[type[WanggeError]]:
    """Return every error class with a code of its own, of core and the loaded plugins, by module and code.

    Raises:
        ImportError: when a module of one of the packages cannot be imported.
    """
    packages = ["wangge", *(plugin.package for plugin in manager.loaded.values())]
    for package in packages:
        _import_all(package)
    found: set[type[WanggeError]] = {WanggeError, *_below(WanggeError)}
    own = (kind for kind in found if "code" in vars(kind) and kind.__module__.partition(".")[0] in packages)
    return sorted(own, key=lambda kind: (kind.__module__, kind.code))


def _import_all(package: str) -> None:
    folder = importlib.import_module(package)
    for module in pkgutil.walk_packages(folder.__path__, f"{package}."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _below(kind: type[WanggeError]) -> Iterator[type[WanggeError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def errors_page(manager: PluginManager) -> str:
    """Return `core/docs/errors.md` as it should be."""
    messages = Messages(message_folders(manager))
    grouped: dict[tuple[str, str], list[type[WanggeError]]] = {group: [] for group in GROUPS.values()}
    for kind in error_classes(manager):
        grouped.setdefault(_group_of(kind, manager), []).append(kind)
    parts = [INTRODUCTION]
    for (title, about), kinds in grouped.items():
        parts.append(f"\n## {title}\n\n{about}\n")
        parts += [_entry(kind, messages) for kind in sorted(kinds, key=lambda kind: kind.code)]
    return "".join(parts)


def _group_of(kind: type[WanggeError], manager: PluginManager) -> tuple[str, str]:
    for start, group in GROUPS.items():
        if f"{kind.__module__}.".startswith(f"{start}."):
            return group
    package = kind.__module__.partition(".")[0]
    for plugin in manager.loaded.values():
        if plugin.package == package and plugin.slug != BASE:
            return f"Programme: {plugin.slug}", f"{plugin.manifest.title.en} ({plugin.manifest.title.zh})."
    raise ConfigurationError(f"{kind.__module__} is in no group of the page of errors: add one to GROUPS.")


def _entry(kind: type[WanggeError], messages: Messages) -> str:
    reason = inspect.getdoc(kind) or ""
    reason = " ".join(reason.split("\n\n")[0].split())
    for imperative, told in VOICES.items():
        reason = told + reason.removeprefix(imperative) if reason.startswith(imperative) else reason
    if kind is WanggeError:
        reason = "Something unforeseen failed."
    shown = kind.message if kind.message != "{reason}" else "(the reason, in its own words)"
    lines = [f"\n### {kind.code}\n", f"\n{reason} {_how(kind)}\n", f"\n> {shown}\n"]
    if kind.message != "{reason}":
        lines.append(f">\n> {messages.text(kind.message, DEFAULT)}\n")
    return "".join(lines)


def _how(kind: type[WanggeError]) -> str:
    """Return how the failure reaches whom."""
    if issubclass(kind, RuleError):
        return "In `userErrors`." if not (kind.__doc__ or "").startswith("Warn") else "In `warnings`."
    if issubclass(kind, RequestError):
        return f"GraphQL error, HTTP status {kind.status}." if kind.status != 200 else "GraphQL error."
    if issubclass(kind, RuleErrors):
        return "Each of the several stands in `userErrors` by itself, so that frontends never see this code."
    if issubclass(kind, ConfigurationError | PluginError | TransferError):
        return "To the operator."
    return "GraphQL error; the message is masked to a reference, under which the log has the cause."


def main() -> None:
    """Print the page."""
    typer.echo(errors_page(PluginManager()), nl=False)


if __name__ == "__main__":
    main()
