"""The command line: each command does what its help says, and fails with one clear line."""

import asyncio
import json
import sys
import zipfile
from collections.abc import Callable
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from wangge._host import cli
from wangge._host.cli import session
from wangge._host.databases import Place, sqlite_url
from wangge._host.migrator import downgrade, package_of
from wangge._host.plugins import PluginManager
from wangge.levels import ApiLevel

DIVISIONS = str(files("wangge_schema.grids") / "data" / "divisions.csv")
COMMANDS = [
    "demo",
    "serve",
    "token",
    "import",
    "doctor",
    "explain",
    "district add",
    "district list",
    "district upgrade",
    "district backup",
    "district restore",
    "district move",
    "district forget-old",
    "plugin check",
    "plugin list",
    "plugin new",
    "plugin enable",
    "plugin sdl",
    "plugin suspend",
    "plugin resume",
    "plugin reset",
    "plugin purge",
    "plugin export",
    "plugin preview",
    "plugin settings",
    "schema export",
    "schema diff",
    "person export",
    "person erase",
    "person erasures",
    "person re-erase",
    "jobs list",
    "jobs run",
    "queue list",
    "queue handlers",
    "queue replay",
    "queue drop",
    "worker",
    "retention run",
]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `wangge …` on a fresh data folder; return exit code, stdout and stderr."""
    for name in ("WANGGE_CATALOG_URL", "WANGGE_JWKS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WANGGE_DATA", str(tmp_path / "data"))

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["wangge", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    shown = CliRunner().invoke(cli.app, [*command.split(), "--help"])

    assert shown.exit_code == 0
    assert f"Example: wangge {command}" in shown.output


def test_a_district_is_added_listed_and_found_healthy(run: Run) -> None:
    assert run("district", "add", "370703", "--name", "寒亭区")[:2] == (
        0,
        "District 370703 寒亭区 is ready.\n",
    )

    code, listed, _ = run("district", "list", "--json")
    assert (code, json.loads(listed)) == (
        0,
        [
            {
                "code": "370703",
                "name": "寒亭区",
                "kind": "county",
                "database": "370703.sqlite3",
                "plugins": "",
                "state": "ready",
            }
        ],
    )
    assert run("district", "upgrade", "--all")[0] == 0
    code, found, _ = run("doctor", "--json")
    assert code == 0
    assert {row["state"] for row in json.loads(found)} == {"ok"}


def test_doctor_names_the_version_that_will_refuse_a_programme(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = ApiLevel(1, since="0.1.0", deprecated_since="0.1.0", refused_from="0.3.0")
    monkeypatch.setattr("wangge.levels.LEVELS", (ending, ApiLevel(2, since="0.1.0")))

    code, found, _ = run("doctor", "--json")

    assert code == 0
    assert {row["what"]: (row["state"], row["remedy"]) for row in json.loads(found)}["plugin base"] == (
        "deprecated",
        "It targets plugin API 1, which wangge 0.3.0 will refuse: "
        "install a release of the plugin for plugin API 2.",
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("district", "add", "hanting", "--name", "寒亭区"), "4 to 12 digits or capitals"),
        (("district", "add", "370703", "--name", " "), "A district needs a name"),
        (("district", "upgrade"), "Name one district, or give --all"),
        (("district", "upgrade", "370703"), "There is no district 370703"),
        (("token", "--district", "370703", "--role", "resident"), "There is no district 370703"),
        (("plugin", "enable", "volunteer_points", "--district", "1234"), "There is no district 1234"),
        (("schema", "export", "--plugins", "nothing"), "nothing is not installed"),
        (("schema", "export"), "--district or --plugins"),
        (("schema", "diff", "nothing.graphql", "base"), "There is no file nothing.graphql"),
        (("schema", "diff", "base", "370703"), "There is no district 370703"),
        (("import", "nothing", DIVISIONS, "--district", "370703"), "Nothing takes in nothing"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_adds_no_district(
    run: Run, words: tuple[str, ...], message: str
) -> None:
    code, out, err = run(*words)

    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1
    assert json.loads(run("district", "list", "--json")[1]) == []


def test_a_code_is_given_once(run: Run) -> None:
    run("district", "add", "370703", "--name", "寒亭区")

    code, _, err = run("district", "add", "370703", "--name", "另一区")

    assert code == 1
    assert "There is a district 370703 already" in err
    assert [row["name"] for row in json.loads(run("district", "list", "--json")[1])] == ["寒亭区"]


def test_a_district_whose_database_does_not_answer_is_not_added(run: Run) -> None:
    code, _, err = run(
        "district", "add", "370703", "--name", "寒亭区", "--database-url", "postgresql://x@127.0.0.1:1/x"
    )

    assert code == 1
    assert err.startswith("Error: A database does not answer")
    assert err.count("\n") == 1
    assert json.loads(run("district", "list", "--json")[1]) == []


def test_a_file_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    sdl = tmp_path / "no_such_folder" / "schema.graphql"

    code, out, err = run("schema", "export", "--plugins", "base", "--output", str(sdl))

    assert (code, out) == (1, "")
    assert err == f"Error: {sdl}: No such file or directory.\n"


def test_the_communities_of_a_district_come_in_and_a_repeat_changes_nothing(run: Run) -> None:
    run("district", "add", "370703", "--name", "寒亭区")

    code, first, _ = run("import", "divisions", DIVISIONS, "--district", "370703", "--json")
    _, second, _ = run("import", "divisions", DIVISIONS, "--district", "370703", "--json")

    assert code == 0
    assert (json.loads(first)[0]["created"], json.loads(first)[0]["refused"]) == (378, [])
    assert (json.loads(second)[0]["created"], json.loads(second)[0]["unchanged"]) == (0, 379)


def test_a_city_is_its_districts(run: Run) -> None:
    code, out, _ = run("import", "divisions", DIVISIONS, "--district", "3707", "--json")

    assert code == 0
    assert len(json.loads(out)) == 13
    assert len(json.loads(run("district", "list", "--json")[1])) == 13


def test_a_file_with_a_bad_row_changes_nothing_and_says_where(run: Run, tmp_path: Path) -> None:
    run("district", "add", "370703", "--name", "寒亭区")
    file = tmp_path / "grids.csv"
    rows = [
        "code,name,level,parent_code",
        "370703001,寒亭街道,street,370703",
        "370703999001,无处,community,370703999",
    ]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")

    code, out, _ = run("import", "grids", str(file), "--district", "370703", "--json")

    account = json.loads(out)[0]
    assert (code, account["written"]) == (1, False)
    assert [one["line"] for one in account["refused"]] == [3]
    assert len(list(tmp_path.glob("*.refused.csv"))) == 1
    code, out, _ = run("import", "grids", str(file), "--district", "370703", "--partial", "--json")
    assert (code, json.loads(out)[0]["written"], json.loads(out)[0]["created"]) == (1, True, 1)


def test_a_programme_is_switched_on_set_and_off(run: Run) -> None:
    run("district", "add", "370703", "--name", "寒亭区")
    place = ("--district", "370703")

    assert run("plugin", "enable", "volunteer_points", *place)[0] == 0
    listed = json.loads(run("plugin", "list", *place, "--json")[1])
    assert {row["slug"]: row["state"] for row in listed} == {
        "base": "always on",
        "volunteer_points": "enabled",
    }
    changed = run("plugin", "settings", "volunteer_points", *place, "--set", "daily_cap_hours=9", "--json")
    assert {row["name"]: row["value"] for row in json.loads(changed[1])}["daily_cap_hours"] == 9
    refused = run("plugin", "settings", "volunteer_points", *place, "--set", "daily_cap_hours=many")
    assert refused[0] == 1
    assert "daily_cap_hours" in refused[2]
    assert run("plugin", "suspend", "volunteer_points", *place)[0] == 0
    assert "@plugin" not in run("schema", "export", *place)[1]
    assert run("plugin", "resume", "volunteer_points", *place)[0] == 0
    assert "@plugin" in run("schema", "export", *place)[1]
    code, _, told = run("plugin", "resume", "volunteer_points", *place)
    assert (code, told) == (
        1,
        "Error: volunteer_points is not suspended in this district: "
        "there is nothing to resume, and a purge needs it suspended first.\n",
    )


def test_a_table_shows_a_setting_as_it_is_given_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("district", "add", "370703", "--name", "寒亭区")
    run("plugin", "enable", "volunteer_points", "--district", "370703")
    wide = StringIO()
    monkeypatch.setattr(session, "out", Console(file=wide, width=1000))

    assert run("plugin", "settings", "volunteer_points", "--district", "370703")[0] == 0

    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in wide.getvalue().splitlines()]
    shown = {row[0]: row[1:4] for row in rows if row}
    assert shown["adult_age"] == ["18", "default", "no"]
    classes, *rest = shown["service_classes"]
    assert rest == ["default", "yes"]
    assert json.loads(classes)[0] == {"key": "general", "title": "一般服务", "unit_points": "2"}


def test_a_table_takes_no_value_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = StringIO()
    monkeypatch.setattr(session, "out", Console(file=wide, width=100))

    session.show("Values", ("value",), [("[a]",), ("[/b]",), ([True],)], as_json=False)

    shown = [line.strip("│ ") for line in wide.getvalue().splitlines() if line.startswith("│")]
    assert shown == ["[a]", "[/b]", "[true]"]


def test_a_command_in_a_district_that_is_behind_names_the_upgrade(run: Run, tmp_path: Path) -> None:
    place = ("--district", "370703")
    run("district", "add", "370703", "--name", "寒亭区")
    run("plugin", "enable", "volunteer_points", *place)
    plugin = PluginManager().loaded["volunteer_points"]
    database = tmp_path / "data" / "districts" / "370703.sqlite3"
    asyncio.run(downgrade(Place(sqlite_url(database)), package_of(plugin)))

    refused = run("jobs", "list", *place)

    told = "District 370703 is behind the installed packages: run `wangge district upgrade 370703`."
    assert refused == (1, "", f"Error: {told}\n")
    assert run("district", "upgrade", "370703")[0] == 0
    assert run("jobs", "list", *place)[0] == 0


def test_what_brings_nothing_since_it_is_not_installed_is_said(run: Run) -> None:
    code, out, told = run("plugin", "sdl", "lamps")

    assert (code, out) == (1, "")
    assert told == (
        "Error: lamps is neither an installed programme nor a wheel or folder: see `wangge plugin list`.\n"
    )


def test_a_programmes_rows_are_written_to_a_file(run: Run, tmp_path: Path) -> None:
    run("district", "add", "370703", "--name", "寒亭区")
    run("plugin", "enable", "volunteer_points", "--district", "370703")
    path = tmp_path / "points.zip"
    export = ("plugin", "export", "volunteer_points", "--district", "370703", "-o", str(path), "--purpose")

    nameless = run(*export, " ")
    written = path.exists()
    done = run(*export, "移交档案")

    assert (nameless[0], written) == (1, False)
    assert nameless[2].startswith("Error: This value is not valid: say what the copy is for")
    assert (done[0], done[2]) == (0, "")
    assert done[1].endswith(f"rows are in {path}.\n")
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("manifest.json"))["purpose"] == "移交档案"


def test_an_enabling_is_looked_at_before(run: Run) -> None:
    run("district", "add", "370703", "--name", "寒亭区")
    look = ("plugin", "preview", "volunteer_points", "--district", "370703")

    seen = json.loads(run(*look, "--json")[1])
    shown = run(*look)

    assert (seen["state"], seen["problems"], seen["last_version"]) == ("installed", [], None)
    assert {one["severity"] for one in seen["changes"]} == {"safe"}
    assert shown[0] == 0
    assert "volunteer_points_records" in shown[1]
    unknown = run("plugin", "preview", "nothing", "--district", "370703")
    assert (unknown[0], unknown[2].startswith("Error: There is no programme nothing")) == (1, True)


@pytest.mark.parametrize(("answer", "state"), [("y\n", "enabled"), ("n\n", "installed")])
def test_on_a_terminal_an_enabling_is_confirmed(
    run: Run, monkeypatch: pytest.MonkeyPatch, answer: str, state: str
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    run("district", "add", "370703", "--name", "寒亭区")
    monkeypatch.setattr(sys, "stdin", Terminal(answer))

    code, _, asked = run("plugin", "enable", "volunteer_points", "--district", "370703")

    assert "Volunteer points 0.1.0, now installed" in asked
    assert "Enable volunteer_points in 370703?" in asked
    listed = json.loads(run("plugin", "list", "--district", "370703", "--json")[1])
    assert {row["slug"]: row["state"] for row in listed}["volunteer_points"] == state
    assert code == (0 if state == "enabled" else 1)


def test_a_suspended_programme_is_purged_with_the_words_typed(run: Run) -> None:
    run("district", "add", "370703", "--name", "寒亭区")
    place = ("--district", "370703")
    purge = ("plugin", "purge", "volunteer_points", *place, "--confirm")
    run("plugin", "enable", "volunteer_points", *place)

    running = run(*purge, "purge volunteer_points in 370703")
    run("plugin", "suspend", "volunteer_points", *place)
    wrong = run(*purge, "yes")
    done = run(*purge, "purge volunteer_points in 370703")

    assert "a purge needs it suspended first" in running[2]
    assert wrong[2] == (
        "Error: A purge cannot be undone. To confirm it, write exactly: purge volunteer_points in 370703\n"
    )
    assert (running[0], wrong[0], done[0]) == (1, 1, 0)
    assert done[1].startswith("volunteer_points is purged in 370703: ")
    listed = json.loads(run("plugin", "list", *place, "--json")[1])
    assert {row["slug"]: row["state"] for row in listed}["volunteer_points"] == "purged"


def test_schemas_are_compared_and_what_breaks_is_a_failure(run: Run, tmp_path: Path) -> None:
    run("district", "add", "370703", "--name", "寒亭区")
    file = tmp_path / "more.graphql"
    assert run("schema", "export", "--plugins", "volunteer_points", "-o", str(file))[0] == 0

    same = run("schema", "diff", "base", "370703")
    gained = run("schema", "diff", "370703", "base,volunteer_points", "--fail-on", "dangerous")
    lost = run("schema", "diff", str(file), "370703", "--json")

    assert same == (0, "The schemas are the same.\n", "")
    assert (gained[0], gained[2]) == (0, "")
    changes = json.loads(lost[1])
    assert {
        "severity": "breaking",
        "code": "FIELD_REMOVED",
        "place": "Query.volunteers",
        "description": "Field Query.volunteers was removed.",
    } in changes
    harmful = sum(one["severity"] == "breaking" for one in changes)
    assert lost[0] == 1
    assert lost[2] == f"{harmful} of {len(changes)} changes may break frontends.\n"
    assert run("schema", "diff", str(file), "base", "--fail-on", "never")[0] == 0


def test_a_token_is_printed_alone_and_not_beside_an_identity_provider(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("district", "add", "370703", "--name", "寒亭区")

    code, out, _ = run("token", "--district", "370703", "--role", "district_admin")
    assert (code, out.count("."), out.count("\n")) == (0, 2, 1)
    assert "There is no role" in run("token", "--district", "370703", "--role", "emperor")[2]
    assert (
        "There is no grid 1" in run("token", "--district", "370703", "--role", "resident", "--grid", "1")[2]
    )
    monkeypatch.setenv("WANGGE_JWKS_URL", "http://127.0.0.1:1/keys")
    code, out, err = run("token", "--district", "370703", "--role", "district_admin")
    assert (code, out) == (1, "")
    assert "WANGGE_JWKS_URL is set" in err


def test_a_district_goes_to_a_file_to_another_place_and_comes_back(run: Run, tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "b.wangge", tmp_path / "elsewhere.sqlite3"
    run("district", "add", "370703", "--name", "寒亭区")

    code, told, _ = run("district", "backup", "370703", "--out", str(file), "--json")
    assert (code, json.loads(told)["district"]["name"]) == (0, "寒亭区")
    assert run("district", "restore", str(file))[0] == 1
    assert "There is a district 370703" in run("district", "restore", str(file))[2]
    assert run("district", "restore", str(file), "--replace", "--yes", "370784")[0] == 1
    assert run("district", "forget-old", "370703")[:2] == (0, "")
    assert run("district", "restore", str(file), "--as", "370784")[0] == 0
    code, told, _ = run("district", "move", "370703", "--to", f"sqlite:///{elsewhere}", "--json")
    assert (code, json.loads(told)["place"]) == (0, str(elsewhere))
    assert run("district", "move", "370703", "--abandon")[1] == (
        "370703: 0 unfinished moves cleared up; it lives where it did.\n"
    )
    assert "is not the code 370703" in run("district", "forget-old", "370703", "--yes", "x")[2]
    assert run("district", "forget-old", "370703", "--yes", "370703")[1].startswith("Removed: ")

    listed = json.loads(run("district", "list", "--json")[1])
    assert [(one["code"], one["state"]) for one in listed] == [("370703", "ready"), ("370784", "ready")]
    assert listed[0]["database"] == "elsewhere.sqlite3"


def test_a_damaged_backup_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "b.wangge"
    file.write_bytes(b"PK nothing of the kind")

    code, out, err = run("district", "restore", str(file))

    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("Error: b.wangge cannot be restored: it is no backup of Wangge")
    assert json.loads(run("district", "list", "--json")[1]) == []


def test_a_person_is_exported_erased_and_erased_again(run: Run, tmp_path: Path) -> None:
    number = "379999198107080776"
    run("district", "add", "370703", "--name", "寒亭区")
    grids, people = tmp_path / "grids.csv", tmp_path / "people.csv"
    grids.write_text("code,name,level,parent_code\n370703001,寒亭街道,street,370703\n", encoding="utf-8")
    people.write_text(f"name,document_number,grid,room\n周平,{number},370703001,101\n", encoding="utf-8")
    assert run("import", "grids", str(grids), "--district", "370703")[0] == 0
    assert run("import", "residents", str(people), "--district", "370703")[0] == 0
    here = ("--district", "370703")
    copy, page, noted = (tmp_path / name for name in ("copy.json", "copy.html", "erased.txt"))

    for out in (copy, page):
        assert run("person", "export", number, *here, "--out", str(out), "--reason", "本人申请")[0] == 0
    assert json.loads(copy.read_text(encoding="utf-8"))["holdings"][0]["rows"][0]["name"] == "周平"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")

    shown = run("person", "erase", number, *here, "--reason", "本人申请", "--dry-run", "--json")[1]
    assert [(one["table"], one["fate"]) for one in json.loads(shown)] == [("base_residences", "deleted")]
    assert run("person", "erase", number, *here, "--reason", "本人申请")[0] == 0
    code, _, said = run("person", "erase", number, *here, "--reason", "本人申请")
    assert (code, said) == (1, "Error: There is no such person here: give an id or a document number.\n")

    assert run("person", "erasures", *here, "--out", str(noted))[0] == 0
    assert run("person", "re-erase", str(noted), *here)[1] == "0 of 1 erased again.\n"
    [job] = json.loads(run("jobs", "list", "--json")[1])
    assert (job["job"], job["started"]) == ("retention", None)
    assert json.loads(run("retention", "run", *here, "--dry-run", "--json")[1]) == []
