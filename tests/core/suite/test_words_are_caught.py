"""What the suite finds of a programme before any district is made."""

from wangge.testing.suite import leaks, loading

from .conftest import MODEL, MakeWorlds, said

LOOSE = MODEL.replace("GridBound, ", "").replace('    __person_key__ = "person_id"\n', "")
ERROR = """
class XyLoanOver(RuleError):
    code = "{slug}_OVER"
    message = "The loan {number} is over: begin another."
"""
FIGURE = """
@hookimpl
def indicators() -> list[Indicator]:
    return [Indicator("{slug}.loans", "Loans of a day", "Loans that began on the day.", None, None)]
"""


def test_a_table_of_persons_that_everybody_sees_is_caught(worlds_of: MakeWorlds) -> None:
    loaded = worlds_of("xy_loose", model=LOOSE, on_erase=None).plugins.loaded["xy_loose"]

    assert said(leaks.test_its_tables_of_persons_belong_to_somebody, loaded) == (
        "xy_loose_loans points at persons by person_id, and is bound to no grid and no person."
    )


def test_what_is_not_there_in_chinese_is_caught(worlds_of: MakeWorlds) -> None:
    worlds = worlds_of("xy_mute", ERROR + FIGURE)

    found = said(loading.test_every_message_is_there_in_chinese, worlds.plugins.loaded["xy_mute"], worlds)

    assert found.splitlines() == [
        "XyLoanOver is not in locales/zh_Hans: 'The loan {number} is over: begin another.'.",
        "The title of xy_mute.loans is not in locales/zh_Hans: 'Loans of a day'.",
        "The definition of xy_mute.loans is not in locales/zh_Hans: 'Loans that began on the day.'.",
    ]
