"""The life of an installed programme: used, broken, suspended, gone, back; the server starts every time."""

import json
from typing import Any

import pytest
from tests.vendor_sample.conftest import Town
from tests.vendor_sample.environment import Ended, Installation, Served
from tests.vendor_sample.household import DISTRICT, ENABLE, OTHER, change, codes, data

LOCKERS = "{ acmeLockers { edges { node { number freeCells takesParcels } } } }"
PLUGINS = "{ district { plugins { slug state health { healthy problems } } } }"
PEOPLE = "{ people(orderBy: [NAME_ASC]) { edges { node { name volunteerAccount { available } } } } }"
FEES = "{ people { edges { node { name acmeParcels { edges { node { carrier feeSoFar } } } } } } }"
REST = [("li", 2), ("zhang", None)]

BROKEN_MIGRATION = '''"""Break off."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change a table, then break off."""
    op.execute("UPDATE parcel_lockers_lockers SET place = 'changed'")
    raise RuntimeError("broken on purpose")


def downgrade() -> None:
    """Need nothing."""
'''


def rest_of(served: Served) -> list[tuple[str, int | None]]:
    """Return what the base and another programme answer: names, and the points of who has an account."""
    edges = data(served, "district_admin", PEOPLE)["people"]["edges"]
    nodes = [edge["node"] for edge in edges]
    return [(one["name"], one["volunteerAccount"] and one["volunteerAccount"]["available"]) for one in nodes]


def sample_in(served: Served, district: str = DISTRICT) -> dict[str, Any]:  # JSON
    """Return what the district's administrator is told of the sample."""
    plugins = data(served, "district_admin", PLUGINS, district=district)["district"]["plugins"]
    found: dict[str, Any] = next(one for one in plugins if one["slug"] == "parcel_lockers")
    return found


def told(ended: Ended, what: str) -> dict[str, str]:
    """Return the line of a command's JSON about something."""
    lines: list[dict[str, str]] = json.loads(ended.output)
    return next(line for line in lines if what in (line.get("what"), line.get("slug")))


def test_a_district_that_switched_it_on_uses_it_and_its_neighbour_has_no_such_field(
    installation: Installation, town: Town
) -> None:
    home = town.home
    with installation.serving(town.place) as served:
        home.deposit(served, "zhang")
        assert home.collect(served, "zhang") == {"state": "COLLECTED", "fee": "0.00"}

        redeemed = home.redeem(served)["redemption"]

        assert (redeemed["state"], redeemed["bill"]) == ("CONFIRMED", "12.00")
        assert redeemed["creditReference"].startswith("FC")
        assert home.redeem(served)["redemption"]["bill"] == "7.00"
        locker = {"number": "A-1", "freeCells": 3, "takesParcels": True}
        assert data(served, "li", LOCKERS) == {"acmeLockers": {"edges": [{"node": locker}]}}
        assert codes(served, "district_admin", LOCKERS, district=OTHER) == ["PLUGIN_NOT_ENABLED"]


def test_a_resolver_that_raises_nulls_its_own_field(installation: Installation, town: Town) -> None:
    installation.change("types/parcels.py", ("if root.state is not", "if 1 / 0 or root.state is not"))
    with installation.serving(town.place) as served:
        town.home.deposit(served, "zhang")

        answer = served.execute("district_admin", FEES, district=DISTRICT)

        assert len(answer["errors"]) == 1
        assert "division" not in str(answer)
        people = {
            one["node"]["name"]: one["node"]["acmeParcels"] for one in answer["data"]["people"]["edges"]
        }
        assert people["zhang"] == {"edges": [{"node": {"carrier": "邮政", "feeSoFar": None}}]}
        assert people["li"] == {"edges": []}
        assert rest_of(served) == REST


def test_what_hangs_or_blocks_is_broken_off_and_nulls_its_own_field(
    installation: Installation, town: Town
) -> None:
    installation.change(
        "types/parcels.py",
        ("from datetime import datetime\n", "import asyncio\nfrom datetime import datetime\n"),
        ("    def fee_so_far(", "    async def fee_so_far("),
        ("        if root.state is not", "        await asyncio.sleep(3600)\n        if root.state is not"),
    )
    installation.change(
        "types/bills.py",
        ("from datetime import date, datetime\n", "import time\nfrom datetime import date, datetime\n"),
        ("        fen = 0 if", "        time.sleep(3600)\n        fen = 0 if"),
    )
    with installation.serving(town.place, plugin_timeout="1.0") as served:
        town.home.deposit(served, "zhang")

        for document in (FEES, "{ acmeFeeBills { edges { node { period owed } } } }"):
            answer = served.execute("district_admin", document, district=DISTRICT)
            told = [(one["extensions"]["code"], one["extensions"]["plugin"]) for one in answer["errors"]]
            assert set(told) == {("PLUGIN_FAILED", "parcel_lockers")}, answer["errors"]
            assert rest_of(served) == REST

        assert set(codes(served, "district_admin", FEES)) == {"PLUGIN_PAUSED"}
        assert rest_of(served) == REST
        assert sample_in(served)["health"]["healthy"] is False


def test_a_package_that_does_not_load_is_set_aside_and_the_rest_is_served(
    installation: Installation, town: Town
) -> None:
    installation.change("services/parcels.py", ("import secrets\n", "import secrets_of_nobody\n"))
    reason = "No module named 'secrets_of_nobody'"

    with installation.serving(town.place) as served:
        assert rest_of(served) == REST
        aside = {"slug": "parcel_lockers", "state": "QUARANTINED"}
        assert sample_in(served) == {**aside, "health": {"healthy": False, "problems": [reason]}}
        assert codes(served, "district_admin", LOCKERS) != []

    doctor = installation.wangge(town.place, "doctor", "--json")
    assert doctor.code == 1
    assert told(doctor, "plugin parcel_lockers")["remedy"] == reason
    assert told(doctor, f"district {DISTRICT}")["state"] == "enabled but not loaded: parcel_lockers"
    assert told(doctor, f"district {OTHER}")["state"] == "ok"


def test_a_migration_that_breaks_off_changes_nothing_and_is_got_round_by_a_suspension(
    installation: Installation, town: Town
) -> None:
    installation.write("migrations/0002_break_off.py", BROKEN_MIGRATION)

    with installation.serving(town.place) as served:
        assert codes(served, "district_admin", PEOPLE) == ["DISTRICT_UPGRADING"]
        refused = served.execute("district_admin", ENABLE, district=OTHER)["data"]["enablePlugin"]
        assert [error["code"] for error in refused["userErrors"]] == ["PLUGIN_MIGRATION_FAILED"]
        assert "broken on purpose" in refused["userErrors"][0]["message"]
        assert sample_in(served, OTHER)["state"] == "INSTALLED"
        assert data(served, "district_admin", "{ people { totalCount } }", district=OTHER) == {
            "people": {"totalCount": 0}
        }
        doctor = installation.wangge(town.place, "doctor", "--json")
        assert told(doctor, f"district {DISTRICT}")["state"] == "behind: parcel_lockers"
        upgrade = installation.wangge(town.place, "district", "upgrade", DISTRICT)
        assert upgrade.code == 1
        assert "The tables of parcel_lockers stay as they were" in upgrade.errors
        assert "Traceback" not in upgrade.errors

        off = installation.wangge(town.place, "plugin", "suspend", "parcel_lockers", "--district", DISTRICT)

        assert off.code == 0, off.errors
        _until_served(served)
        assert rest_of(served) == REST

    installation.install_sample()
    on = installation.wangge(town.place, "plugin", "resume", "parcel_lockers", "--district", DISTRICT)
    assert on.code == 0, on.errors
    with installation.serving(town.place) as served:
        place = data(served, "li", "{ acmeLockers { edges { node { place } } } }")["acmeLockers"]["edges"]
        assert place == [{"node": {"place": "东门"}}]


def _until_served(served: Served) -> None:
    """Ask until the server has heard of what a command changed: within seconds."""
    for _ in range(1000):
        if "errors" not in served.execute("district_admin", PEOPLE, district=DISTRICT):
            return
    pytest.fail("the district is not served")


EXPORT = """mutation($person: ID!) {
  exportPerson(input: {person: $person, purpose: "本人申请"}) { json userErrors { message } }
}"""
ERASE = """mutation($person: ID!) {
  erasePerson(input: {person: $person, reason: "本人申请"}) { deleted remains userErrors { message } }
}"""
SUSPEND = 'mutation { suspendPlugin(input: {slug: "parcel_lockers"}) { userErrors { message } } }'
RESUME = 'mutation { resumePlugin(input: {slug: "parcel_lockers"}) { userErrors { message } } }'
PARCELS = """{
  acmeParcels { edges { node { person { name } carrier state } } }
  acmeFeeBills { edges { node { amount credited } } }
  acmeLockers { edges { node { number } } }
}"""


def test_persons_are_copied_and_erased_while_the_package_is_gone_and_the_rest_is_there_again(
    installation: Installation, town: Town
) -> None:
    home = town.home
    with installation.serving(town.place) as served:
        home.deposit(served, "zhang")
        home.deposit(served, "li")
        change(served, "district_admin", SUSPEND)
        assert codes(served, "district_admin", LOCKERS) == ["PLUGIN_NOT_ENABLED"]
        assert rest_of(served) == REST
    installation.uninstall_sample()

    listed = installation.wangge(town.place, "plugin", "list", "--district", DISTRICT, "--json")
    gone = told(listed, "parcel_lockers")
    assert (gone["state"], gone["title"]) == ("suspended", "智能快件箱 / Parcel lockers")
    assert gone["problem"].startswith("Its package is not installed")
    with installation.serving(town.place) as served:
        assert rest_of(served) == REST
        assert sample_in(served)["health"]["healthy"] is False
        copy = json.loads(change(served, "district_admin", EXPORT, person=home.persons["zhang"])["json"])
        assert "邮政" in json.dumps(copy, ensure_ascii=False)
        done = change(served, "district_admin", ERASE, person=home.persons["zhang"])
        assert done["remains"] is True
        assert rest_of(served) == REST[:1]

    installation.install_sample()
    with installation.serving(town.place) as served:
        change(served, "district_admin", RESUME)
        left = data(served, "district_admin", PARCELS)
        assert left["acmeParcels"]["edges"] == [
            {"node": {"person": {"name": "li"}, "carrier": "邮政", "state": "WAITING"}}
        ]
        assert left["acmeLockers"]["edges"] == [{"node": {"number": "A-1"}}]
        assert left["acmeFeeBills"]["edges"] == []


PURGE = """mutation($words: String!) {
  purgePlugin(input: {slug: "parcel_lockers", confirmation: $words}) {
    tables { name rows } userErrors { code }
  }
}"""


def test_a_purge_needs_no_package_and_what_a_law_keeps_stays(installation: Installation, town: Town) -> None:
    with installation.serving(town.place) as served:
        for words in (ENABLE, SUSPEND):
            change(served, "district_admin", words, district=OTHER)
        change(served, "district_admin", SUSPEND)
    installation.uninstall_sample()

    with installation.serving(town.place) as served:
        kept = data(served, "district_admin", PURGE, words=f"purge parcel_lockers in {DISTRICT}")[
            "purgePlugin"
        ]
        assert [error["code"] for error in kept["userErrors"]] == ["PLUGIN_RECORDS_KEPT"]
        gone = change(
            served, "district_admin", PURGE, words=f"purge parcel_lockers in {OTHER}", district=OTHER
        )
        assert [table["name"] for table in gone["tables"]] == sorted(
            f"parcel_lockers_{name}" for name in ("bills", "credits", "lockers", "parcels")
        )
        assert rest_of(served) == REST

    installation.install_sample()
    with installation.serving(town.place) as served:
        change(served, "district_admin", ENABLE, district=OTHER)
        assert data(served, "district_admin", LOCKERS, district=OTHER) == {"acmeLockers": {"edges": []}}
        change(served, "district_admin", RESUME)
        assert len(data(served, "district_admin", LOCKERS)["acmeLockers"]["edges"]) == 1
