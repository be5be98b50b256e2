"""What the author of a package chooses: the defaults that follow from the slug, and what is refused."""

import keyword
import re
import sys
from collections.abc import Mapping
from unicodedata import category, east_asian_width

from wangge._host.template.names import Names
from wangge._host.template.taken import is_taken
from wangge._host.template.words import plural_of, singular_of
from wangge.errors import ConfigurationError
from wangge.manifest import FIRST_PARTY

LONGEST_TEXT = 40
"""Columns of a title or term, so that no line of the package becomes too long."""

STAND_IN, STAND_IN_TERM = "新项目", "登记项"
"""Chinese title and term of who gave none: "new programme", "entry"."""

_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*")
_PREFIX = re.compile(r"[a-z][a-z0-9]{1,9}")
_NOUN = re.compile(r"[a-z]+(_[a-z]+)*")
_PUNCTUATION = frozenset(" -–.,:;'’&/()+·、，。：；（）《》")


def check_slug(slug: str) -> None:
    """Insist on a slug that a vendor may take.

    Raises:
        ConfigurationError: when it is none, or the project's own.
    """
    if slug in FIRST_PARTY or slug.startswith(("base_", "wangge")):
        raise ConfigurationError(f"{slug!r} is a name of the project's own: choose another slug.")
    if not 3 <= len(slug) <= 40 or not _SNAKE.fullmatch(slug):
        raise ConfigurationError(
            f"{slug!r} is no slug: 3 to 40 lower-case letters and digits, words joined by one underscore, "
            "such as parcel_lockers."
        )


def default_names(slug: str, given: Mapping[str, str | None]) -> dict[str, str]:
    """Return every name of a package: what was given, and what follows from that and the slug."""

    def name(key: str, default: str) -> str:
        return given.get(key) or default

    prefix, entity = name("prefix", "acme"), name("entity", _default_entity(slug))
    title = name("title_en", slug.replace("_", " ").capitalize())
    chinese = name("title_zh", STAND_IN)
    return {
        **{"prefix": prefix, "package": name("package", f"{prefix}_{slug}")},
        **{"title_en": title, "title_zh": chinese, "entity": entity},
        **{
            "plural": name("plural", plural_of(entity)),
            "term": name("term", given.get("title_zh") or STAND_IN_TERM),
        },
        "author": name("author", ""),
    }


def _default_entity(slug: str) -> str:
    """Return the noun that a slug suggests: `parcel_lockers` → `locker`; `item` where that cannot be one."""
    noun = singular_of(slug.rpartition("_")[2])
    return noun if _is_noun(noun) and not is_taken(noun) else "item"


def choose_names(slug: str, **given: str | None) -> Names:
    """Return the names of a package; what is left out or None follows from the slug.

    Args:
        slug: the programme's one name.
        given: attributes of `Names`.

    Raises:
        ConfigurationError: when one cannot be used, saying what could.
    """
    check_slug(slug)
    names = Names(slug=slug, **default_names(slug, given))
    _check_prefix(names.prefix)
    _check_package(names.package)
    _check_noun(names.entity)
    _check_plural(names.plural, names.entity)
    _check_text("title", names.title_en)
    _check_chinese("Chinese title", names.title_zh)
    _check_chinese("Chinese term", names.term)
    if names.author:
        _check_text("author", names.author)
    return names


def _check_prefix(prefix: str) -> None:
    if not _PREFIX.fullmatch(prefix) or prefix == "wangge":
        raise ConfigurationError(
            f"{prefix!r} is no prefix: 2 to 10 lower-case letters and digits that name you, such as acme."
        )


def _check_package(package: str) -> None:
    own = package.startswith("wangge") or package in sys.stdlib_module_names or package == "tests"
    if own or len(package) > 51 or not _SNAKE.fullmatch(package) or keyword.iskeyword(package):
        raise ConfigurationError(
            f"{package!r} is no name for a vendor's package: take one such as acme_parcel_lockers, "
            "of up to 51 lower-case letters, digits and underscores."
        )


def _is_noun(noun: str) -> bool:
    return 2 <= len(noun) <= 16 and _NOUN.fullmatch(noun) is not None


def _check_noun(entity: str) -> None:
    if not _is_noun(entity):
        raise ConfigurationError(
            f"{entity!r} is no noun: 2 to 16 lower-case letters, words joined by one underscore, "
            "such as locker."
        )
    if is_taken(entity):
        raise ConfigurationError(
            f"The noun {entity!r} means something in the package's code already: choose another one."
        )


def _check_plural(plural: str, entity: str) -> None:
    if plural == entity or len(plural) > 18 or not _NOUN.fullmatch(plural):
        raise ConfigurationError(
            f"{plural!r} cannot be the plural of {entity}: give another word of up to 18 lower-case letters."
        )


def _check_text(what: str, text: str) -> None:
    """Insist on a text that breaks no file, whatever stands around it there."""
    if not _is_plain(text) or _width(text) > LONGEST_TEXT:
        raise ConfigurationError(
            f"{text!r} cannot be the {what}: take up to {LONGEST_TEXT} letters, digits, spaces and plain "
            f"punctuation ({LONGEST_TEXT // 2} where they are Chinese), a letter or digit first."
        )


def _check_chinese(what: str, text: str) -> None:
    _check_text(what, text)
    if not any("\u4e00" <= one <= "\u9fff" for one in text):
        raise ConfigurationError(f"{text!r} cannot be the {what}: it has no Chinese character.")


def _is_plain(text: str) -> bool:
    plain = all(one in _PUNCTUATION or category(one)[0] in "LMN" for one in text)
    return plain and text != "" and text == " ".join(text.split()) and category(text[0])[0] in "LN"


def _width(text: str) -> int:
    """Return the columns that a text takes: two for each Chinese character."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)
