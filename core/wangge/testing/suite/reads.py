"""What reads of a programme cost: statements for pages, and the tier of each field."""

from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.field_tiers import field_tiers, report
from wangge.testing.page_costs import page_costs
from wangge.testing.programmes import enabled, filled
from wangge.testing.proofs.proving import Proof
from wangge.testing.reporting import checks, insist
from wangge.testing.row_costs import growing
from wangge.testing.suite.subject import caller

CALLERS = ("district_admin", "grid_worker", "resident")


@checks("tiers")
async def test_its_reads_are_sql_where_they_are_meant_to_be(
    plugin: LoadedPlugin, server: Server, district: TestDistrict
) -> None:
    """Print the tier of each field (`pytest -rP`); refuse SQL forms that are missing or broken.

    A field that graphql-core serves is no fault. A list, a relation or a masked value that should be SQL and
    is not costs every selection with it dearly, and nobody would notice.
    """
    runtime = await enabled(plugin, server, district)
    callers = [await caller(runtime, role) for role in CALLERS]
    found = await field_tiers(plugin, runtime, callers)
    print(report(found))  # noqa: T201  # what vendors look at
    insist([f"{one.why} {one.remedy}".strip() for one in found if one.mistake])


@checks("pages")
async def test_its_lists_cost_no_more_statements_for_more_rows(
    plugin: LoadedPlugin, server: Server, district: TestDistrict
) -> None:
    """Fill the district with demo data, and compare a page of one row with a page of fifty, all fields asked.

    Root lists with fewer than two rows afterwards show nothing: write `demo_data` to have them checked.
    """
    await filled(plugin, server, district)
    found = await page_costs(plugin, district)
    for one in found:
        print(f"{one.field}: {one.short} statements for 1 row, {one.long} for {one.rows}")  # noqa: T201  # what vendors look at
    insist(
        [
            f"{one.field}: {one.short} statements for 1 row, {one.long} for {one.rows}."
            for one in found
            if one.long > one.short
        ]
    )


@checks("pages")
def test_its_fields_cost_no_more_statements_for_more_rows(proof: Proof) -> None:
    """Ask for one planted row and for several, with the fields of its own types and those it adds."""
    insist(
        [
            f"{one.field}: {one.short} statements for 1 row, {one.long} for {one.rows}."
            for one in growing(proof)
        ]
    )
