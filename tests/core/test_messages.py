"""Messages come in the caller's language: Chinese unless English is preferred."""

from pathlib import Path

import pytest

from wangge._host.messages import Messages, locale_of
from wangge.errors import NotFound
from wangge.testing.districts import TestDistrict

FOLDER = Path(__file__).parents[2] / "core" / "wangge"


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "zh_Hans"),
        ("", "zh_Hans"),
        ("zh-CN", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_Hans"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("en-GB", "en"),
        ("en;q=0.5,zh-CN;q=0.9", "zh_Hans"),
        ("fr,en;q=0.4", "en"),
        ("fr", "zh_Hans"),
        ("*", "zh_Hans"),
        ("en;q=x", "zh_Hans"),
        (";;;,,,q=", "zh_Hans"),
        ("x" * 10_000, "zh_Hans"),
    ],
)
def test_the_locale_is_the_one_preferred(header: str | None, locale: str) -> None:
    assert locale_of(header) == locale


def test_a_message_is_translated_with_its_values() -> None:
    messages = Messages([FOLDER])
    error = NotFound("Grid")

    assert messages.translate(error, "en") == (
        "Grid was not found: check the id, and that it lies within your grids."
    )
    chinese = messages.translate(error, "zh_Hans")
    assert "Grid" in chinese
    assert chinese != str(error)
    assert messages.translate(error, "fr") == str(error)


async def test_an_answer_speaks_the_callers_language(district: TestDistrict) -> None:
    document = '{ node(id: "x") { id } }'

    english = await district.client("district_admin", "en").execute(document)
    chinese = await district.client("district_admin", "zh-CN").execute(document)

    assert english["errors"][0]["message"].isascii()
    assert not chinese["errors"][0]["message"].isascii()
    assert english["errors"][0]["extensions"] == chinese["errors"][0]["extensions"]
