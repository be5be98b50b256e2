"""A new package: every name that is accepted gives files that are whole; all others are refused."""

import ast
import subprocess
import sys
import tomllib
from io import BytesIO
from pathlib import Path, PurePosixPath

import pytest
from babel.messages.pofile import read_po
from graphql import parse
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge._host.template import Names, choose_names, default_names, rendered_files, write_package
from wangge._host.template.words import plural_of, singular_of, with_article
from wangge.errors import ConfigurationError
from wangge.manifest import FIRST_PARTY, parse_manifest

LETTERS = "abcdefghijklmnopqrstuvwxyz"
words = st.text(LETTERS, min_size=1, max_size=12)
nouns = st.lists(words, min_size=1, max_size=2).map("_".join)
slugs = st.lists(words, min_size=1, max_size=4).map("_".join)
texts = st.text(max_size=45) | st.text("工具借用柜Aé9 -–.,'&(（）", max_size=45)


def _names(**given: str | None) -> Names:
    return choose_names("parcel_lockers", **given)


def test_names_follow_from_the_slug_alone() -> None:
    assert _names() == Names(
        slug="parcel_lockers",
        package="acme_parcel_lockers",
        prefix="acme",
        title_en="Parcel lockers",
        title_zh="新项目",
        entity="locker",
        plural="lockers",
        term="登记项",
        author="",
    )


def test_what_is_given_is_taken_and_the_rest_follows_from_it() -> None:
    names = _names(prefix="shunfeng", title_en="Lockers", title_zh="快递柜", entity="locker_box")

    assert (names.package, names.plural, names.term) == ("shunfeng_parcel_lockers", "locker_boxes", "快递柜")
    values = names.values()
    assert (values["Type"], values["fields"]) == ("ShunfengLockerBox", "shunfengLockerBoxes")


@pytest.mark.parametrize(
    ("slug", "entity"), [("canteen", "canteen"), ("bus_lines", "line"), ("people", "item"), ("x_9", "item")]
)
def test_a_slug_suggests_a_noun_where_its_last_word_can_be_one(slug: str, entity: str) -> None:
    assert default_names(slug, {})["entity"] == entity


@pytest.mark.parametrize(
    ("one", "many"),
    [("locker", "lockers"), ("box", "boxes"), ("entry", "entries"), ("day", "days"), ("glass", "glasses")],
)
def test_nouns_have_their_plurals(one: str, many: str) -> None:
    assert (plural_of(one), singular_of(many)) == (many, one)


def test_articles_follow_the_sound() -> None:
    assert (with_article("order"), with_article("locker")) == ("an order", "a locker")


@pytest.mark.parametrize("slug", [*sorted(FIRST_PARTY), "base_lamps", "wangge_lamps"])
def test_slugs_of_the_projects_own_are_refused(slug: str) -> None:
    with pytest.raises(ConfigurationError, match="the project's own"):
        choose_names(slug)


@pytest.mark.parametrize(
    "slug", ["", "ab", "Parcel", "parcel-lockers", "9lives", "a__b", "lockers_", "a" * 41]
)
def test_what_is_no_slug_is_refused(slug: str) -> None:
    with pytest.raises(ConfigurationError, match="is no slug"):
        choose_names(slug)


@pytest.mark.parametrize(
    "given",
    [
        *({"prefix": prefix} for prefix in ("A", "a", "acme_x", "Acme", "a" * 11, "wangge")),
        *({"package": package} for package in ("wangge_lockers", "json", "tests", "Acme", "a-b", "a" * 52)),
        *({"entity": noun} for noun in ("Locker", "locker2", "x", "a" * 17, "__import__")),
        *(
            {"entity": noun}
            for noun in ("class", "match", "list", "person", "grid", "ctx", "string", "model")
        ),
        *({"plural": noun} for noun in ("locker", "Lockers", "a" * 19)),
        *(
            {"title_en": text}
            for text in ('"', "a\nb", "a  b", " a", "a{b}", "a\\", "-a", "a" * 41, "a|b", "a\u2028b")
        ),
        *({"title_zh": text} for text in ("柜" * 21, "柜\x00", "柜`", "Lockers")),
        *({"term": text} for text in ("<<slug>>", "柜\t", "box")),
        {"author": 'A "B" Ltd'},
    ],
    ids=repr,
)
def test_what_would_break_a_file_or_hide_a_name_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        _names(**given)


def check(names: Names) -> dict[PurePosixPath, str]:
    """Insist that every file of a package is whole, and return them."""
    files = rendered_files(names)
    for path, text in files.items():
        assert "<<" not in text
        assert "<%" not in text
        if path.suffix == ".py":
            ast.parse(text)
        elif path.suffix == ".toml":
            tomllib.loads(text)
        elif path.suffix == ".po":
            assert len(read_po(BytesIO(text.encode()), abort_invalid=True)) == 3
        elif path.suffix == ".graphql":
            parse(text)
    manifest = parse_manifest(files[PurePosixPath(names.package, "plugin.toml")], names.package)
    assert (manifest.slug, manifest.title.en, manifest.title.zh) == (
        names.slug,
        names.title_en,
        names.title_zh,
    )
    return files


@given(slug=slugs, prefix=words, entity=nouns, title=texts, zh=texts, term=texts, author=texts)
@settings(max_examples=150, deadline=None)
def test_no_text_that_is_accepted_breaks_a_file(
    slug: str, prefix: str, entity: str, title: str, zh: str, term: str, author: str
) -> None:
    given = {"prefix": prefix, "entity": entity, "title_en": title, "title_zh": zh, "term": term}
    sound: dict[str, str | None] = {}
    for name, text in {**given, "author": author}.items():  # what is refused is left out, the rest is tried
        try:
            choose_names("parcel_lockers", **{**sound, name: text})
        except ConfigurationError:
            continue
        sound[name] = text
    try:
        names = choose_names(slug, **sound)
    except ConfigurationError:
        names = choose_names("parcel_lockers", **sound)

    check(names)


EXTREMES = {
    "short": {"prefix": "ab", "entity": "ox", "title_en": "A", "title_zh": "柜", "term": "柜"},
    "long": {
        "prefix": "abcdefghij",
        "entity": "abcdefgh_jklmnop",
        "title_en": "A" * 40,
        "title_zh": "柜" * 20,
        "term": "柜" * 20,
        "author": "A" * 40,
    },
    "last in the alphabet": {"prefix": "zz", "entity": "zone"},
}


@pytest.mark.parametrize("given", EXTREMES.values(), ids=EXTREMES)
@pytest.mark.parametrize("slug", ["lamps", "a" * 40, "parcel_lockers"])
def test_a_package_is_formatted_as_ruff_would(tmp_path: Path, slug: str, given: dict[str, str]) -> None:
    write_package(choose_names(slug, **given), tmp_path / "made")

    for command in (["check", "."], ["format", "--diff", "."]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache"],
            cwd=tmp_path / "made",
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_names_give_the_same_files() -> None:
    assert rendered_files(_names()) == rendered_files(_names())


def test_a_package_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "lockers"

    written = write_package(_names(), folder)

    assert {PurePosixPath(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(
        written
    )
    assert [path.name for path in folder.parent.iterdir()] == ["lockers"]
    for path, text in rendered_files(_names()).items():
        assert (folder / path).read_text(encoding="utf-8") == text


def test_an_empty_folder_is_filled_and_one_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    assert write_package(_names(), tmp_path / "empty")
    for name in ("full", "file"):
        with pytest.raises(ConfigurationError, match="holds something already"):
            write_package(_names(), tmp_path / name)

    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
