"""The conformance suite; a plugin's test imports it whole: `from wangge.testing.conformance import *`."""

import inspect
import pkgutil
import tomllib
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from wangge._host.authn import Identity
from wangge._host.compose import compose
from wangge._host.compose.rules import apply_rules
from wangge._host.lifecycle import enable, suspend
from wangge._host.messages import Messages
from wangge._host.migrator import behind, differences, downgrade, package_of, packages_of, upgrade
from wangge._host.plugins import LoadedPlugin, PluginManager
from wangge._host.runtime import DistrictRuntime, Server, message_folders
from wangge.auth.models import PrincipalKind
from wangge.auth.principal import Principal
from wangge.errors import WanggeError
from wangge.hookspecs import DemoOptions
from wangge.testing.districts import TestDistrict
from wangge.testing.examples import faults_in_heads, run_examples
from wangge.testing.field_tiers import field_tiers, report
from wangge.testing.page_costs import page_costs

__all__ = [
    "plugin",
    "test_enabling_again_after_a_suspension_finds_the_data_as_it_was",
    "test_every_error_has_a_message_in_chinese",
    "test_it_composes_with_the_base_alone",
    "test_it_is_not_set_aside",
    "test_its_examples_can_be_run",
    "test_its_lists_cost_no_more_statements_for_more_rows",
    "test_its_migrations_go_up_down_and_up_and_match_its_models",
    "test_its_personal_columns_exist",
    "test_its_reads_are_sql_where_they_are_meant_to_be",
]

DEMO_PEOPLE = 60


@pytest.fixture
def plugin(request: pytest.FixtureRequest) -> LoadedPlugin:
    """The plugin that the test file belongs to, by the entry point in its `pyproject.toml`."""
    manager = PluginManager()
    apply_rules(manager)
    slug = _slug_of(request.path)
    assert slug not in manager.quarantined, manager.quarantined[slug].reason
    return manager.loaded[slug]


def _slug_of(test: Path) -> str:
    for folder in test.parents:
        project = folder / "pyproject.toml"
        if project.exists():
            points = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]
            return str(next(iter(points["wangge.plugins"])))
    raise AssertionError(f"No pyproject.toml above {test} names an entry point of wangge.plugins.")


def test_it_is_not_set_aside(plugin: LoadedPlugin) -> None:
    """Manifest, names, foreign keys, access and prefixes follow the contract."""
    assert plugin.slug == plugin.manifest.slug


def test_it_composes_with_the_base_alone(plugin: LoadedPlugin) -> None:
    """Everything that frontends meet is described, and the schema builds without other programmes."""
    manager = PluginManager()
    apply_rules(manager)
    composed = compose(manager.select([plugin.slug, *_providers(manager, plugin)]))
    assert f'@plugin(name: "{plugin.slug}"' in composed.sdl


def _providers(manager: PluginManager, plugin: LoadedPlugin) -> list[str]:
    wanted = set(plugin.manifest.requires)
    return [slug for slug, one in manager.loaded.items() if wanted & set(one.manifest.provides)]


def test_every_error_has_a_message_in_chinese(plugin: LoadedPlugin) -> None:
    """Each error of the package is translated, with the same values in it."""
    manager = PluginManager()
    messages = Messages(message_folders(manager))
    for error in _errors_of(plugin.package):
        translated = messages.text(error.message, "zh_Hans")
        assert translated != error.message, f"{error.__name__} has no message in Chinese."
        assert sorted(_values(translated)) == sorted(_values(error.message)), error.__name__


def _errors_of(package: str) -> list[type[WanggeError]]:
    root = import_module(package)
    found: dict[str, type[WanggeError]] = {}
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        if ".migrations." in info.name:
            continue
        for _, kind in inspect.getmembers(import_module(info.name), inspect.isclass):
            if issubclass(kind, WanggeError) and kind.__module__.startswith(f"{package}."):
                found[kind.__qualname__] = kind
    return list(found.values())


def _values(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def test_its_personal_columns_exist(plugin: LoadedPlugin) -> None:
    """The personal-data map names real columns, and the key that says whose row it is."""
    tables = {model.__tablename__: model.__table__ for model in plugin.models}
    for entry in plugin.manifest.personal_data:
        named = {*entry.columns, entry.person_key, *filter(None, [entry.retention_from])}
        missing = named - set(tables[entry.table].c.keys())
        assert not missing, f"{entry.table} has no {', '.join(sorted(missing))}."


async def test_its_migrations_go_up_down_and_up_and_match_its_models(
    plugin: LoadedPlugin, server: Server, other_district: TestDistrict
) -> None:
    """The revisions build what the models say, on each database, and can be taken back."""
    place = server.district(other_district.code).record.place
    package = package_of(plugin)
    packages = packages_of(server.plugins.select([plugin.slug, *_providers(server.plugins, plugin)]))
    await upgrade(place, packages)
    assert await differences(place, package) == []
    await downgrade(place, package)
    assert plugin.slug in await behind(place, packages)
    await upgrade(place, packages)
    assert await differences(place, package) == []


async def test_enabling_again_after_a_suspension_finds_the_data_as_it_was(
    plugin: LoadedPlugin, server: Server, district: TestDistrict
) -> None:
    """Suspending hides the fields and keeps every row."""
    runtime = await _enabled(plugin, server, district)
    before = await _counts(plugin, district)
    await suspend(runtime, plugin.slug)
    assert plugin.slug not in [one.slug for one in runtime.plugins]
    await enable(runtime, plugin.slug)
    assert await _counts(plugin, district) == before


async def _counts(plugin: LoadedPlugin, district: TestDistrict) -> dict[str, int]:
    async with district.context() as ctx:
        return {
            model.__tablename__: await ctx.db.scalar(select(func.count()).select_from(model))
            for model in plugin.models
        }


async def test_its_reads_are_sql_where_they_are_meant_to_be(
    plugin: LoadedPlugin, server: Server, district: TestDistrict
) -> None:
    """Print the tier of each field (`pytest -rP`); refuse SQL forms that are missing or broken.

    A field that graphql-core serves is no fault. A list, a relation or a masked value that should be SQL and
    is not costs every selection with it dearly, and nobody would notice.
    """
    runtime = await _enabled(plugin, server, district)
    callers = [await _caller(runtime, role) for role in ("district_admin", "grid_worker", "resident")]
    found = await field_tiers(plugin, runtime, callers)
    print(report(found))  # noqa: T201  # what vendors look at
    mistakes = [one for one in found if one.mistake]
    assert not mistakes, report(mistakes)


async def test_its_lists_cost_no_more_statements_for_more_rows(
    plugin: LoadedPlugin, server: Server, district: TestDistrict
) -> None:
    """Fill the district with demo data, and compare a page of one row with a page of fifty, all fields asked.

    Root lists with fewer than two rows afterwards show nothing: write `demo_data` to have them checked.
    """
    await _filled(plugin, server, district)
    found = await page_costs(plugin, district)
    for one in found:
        print(f"{one.field}: {one.short} statements for 1 row, {one.long} for {one.rows}")  # noqa: T201  # what vendors look at
    assert [one for one in found if one.long > one.short] == []


async def test_its_examples_can_be_run(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> None:
    """Run what the package offers in `examples/`, in a district with demo data, as those it is meant for."""
    await _filled(plugin, server, district)
    assert faults_in_heads(plugin) == []
    assert [one.fault for one in await run_examples(plugin, district) if one.fault] == []


async def _filled(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> None:
    """Fill the district with the demo data of the plugin and of those it builds on."""
    runtime = await _enabled(plugin, server, district)
    for slug in dict.fromkeys(("base", *_providers(server.plugins, plugin), plugin.slug)):
        hook = server.plugins.hook(slug, "demo_data")
        if hook is not None:
            async with runtime.work() as ctx:
                await hook(ctx, DemoOptions(people=DEMO_PEOPLE), lambda _done, _whole: None)


async def _enabled(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> DistrictRuntime:
    runtime = server.district(district.code)
    for slug in (*_providers(server.plugins, plugin), plugin.slug):
        if slug != "base" and slug not in runtime.record.enabled:
            await enable(runtime, slug)
    return runtime


async def _caller(district: DistrictRuntime, role: str) -> Principal:
    """Return the account of a role; a resident is some person, whose own rows are shown in full."""
    found = await district.principal(Identity(f"{district.record.code}/{role}", district.record.code))
    return replace(found, person_id=uuid7()) if found.kind is PrincipalKind.RESIDENT else found
