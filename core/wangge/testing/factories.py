"""Synthetic people, households, dwellings and accounts, made through the base's own mutations."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stdnum.cn.ric import calc_check_digit

from wangge.testing.districts import Client, TestDistrict

AREA = "379999"
"""An area code that is assigned to no place, so that no number made with it is anybody's."""
GRID = "370703001001001"
"""Code of the grid where things are made unless another is named: 蝶园小区."""
FAMILY, GIVEN = "陈周吴林郑孙何罗梁宋", "安平清远和宁晨曦明华"

_REGISTER = """mutation ($input: RegisterPersonInput!) {
  registerPerson(input: $input) { person { id } userErrors { code message path } }
}"""
_DWELL = """mutation ($input: CreateDwellingInput!) {
  createDwelling(input: $input) { dwelling { id } userErrors { code message path } }
}"""
_HOUSE = """mutation ($input: CreateHouseholdInput!) {
  createHousehold(input: $input) { household { id } userErrors { code message path } }
}"""
_GRANT = """mutation ($input: GrantRoleInput!) {
  grantRole(input: $input) { userErrors { code message path } }
}"""


@dataclass(frozen=True)
class MadePerson:
    """A person who was made.

    Attributes:
        id: GraphQL id.
        name: synthetic.
        document_number: valid in form, and nobody's.
        dwelling: GraphQL id of where the person lives.
    """

    id: str
    name: str
    document_number: str
    dwelling: str


class Make:
    """Makes what tests need in a district, as its administrator would.

    Each call makes something new. Whatever the base requires beneath it is made, too: a person gets a
    dwelling, a household one to live in.
    """

    def __init__(self, district: TestDistrict) -> None:
        self._district = district
        self._admin = district.client("district_admin")
        self._numbers = itertools.count(1)

    async def grid(self, code: str = GRID) -> str:
        """Return the id of a grid of the test's tree by its code."""
        found = await self._admin.data("query ($code: String!) { grid(code: $code) { id } }", code=code)
        assert found["grid"] is not None, f"The test's tree has no grid {code}."
        return str(found["grid"]["id"])

    async def dwelling(self, *, grid: str = GRID, unit: str = "1", room: str | None = None) -> str:
        """Return the id of a new dwelling in the grid of a code."""
        at = next(self._numbers)
        given = {"grid": await self.grid(grid), "unit": unit, "room": room or f"{100 + at}"}
        return str((await self._do(_DWELL, given))["dwelling"]["id"])

    async def household(self, *, dwelling: str | None = None, grid: str = GRID) -> str:
        """Return the id of a new household, in a dwelling of its own unless one is named by its id."""
        home = dwelling or await self.dwelling(grid=grid)
        given = {"dwelling": home, "number": f"{AREA}{next(self._numbers):06d}"}
        return str((await self._do(_HOUSE, given))["household"]["id"])

    async def person(
        self,
        name: str | None = None,
        *,
        grid: str = GRID,
        dwelling: str | None = None,
        household: str | None = None,
        born_on: date = date(1981, 7, 8),
        phone: str | None = None,
        purpose: str = "registration",
    ) -> MadePerson:
        """Return a new person with a valid document number, in a dwelling of its own unless one is named.

        Args:
            name: made up unless it is given.
            grid: code of the grid of the dwelling that is made.
            dwelling: id of the one to live in instead.
            household: id of the one to belong to.
            born_on: day of birth, in the document number, too.
            phone: none unless it is given.
            purpose: key of the processing purpose that the person is registered for.
        """
        at = next(self._numbers)
        called = name or FAMILY[at % 10] + GIVEN[at // 10 % 10] + GIVEN[at % 10]
        home, number = dwelling or await self.dwelling(grid=grid), document_number(born_on, at)
        given = {
            "name": called,
            "documentType": "IDENTITY_CARD",
            "documentNumber": number,
            "dwelling": home,
            "purpose": purpose,
            **({"household": household} if household is not None else {}),
            **({"phone": phone} if phone is not None else {}),
        }
        made = await self._do(_REGISTER, given)
        return MadePerson(str(made["person"]["id"]), called, number, home)

    async def account(
        self, role: str, *, grid: str | None = None, person: str | None = None, language: str = "en"
    ) -> Client:
        """Return a client of a new account that holds a role.

        Args:
            role: such as `grid_worker`; a resident is a person's own account.
            grid: code of the grid where it is held; the whole district unless it is named.
            person: id of the person whose account it is.
            language: of the answers.
        """
        subject = f"{self._district.code}/{role}-{next(self._numbers)}"
        given = {
            "account": subject,
            "role": role,
            "kind": {"resident": "RESIDENT", "vendor_service": "SERVICE"}.get(role, "STAFF"),
            **({"grid": await self.grid(grid)} if grid is not None else {}),
            **({"person": person} if person is not None else {}),
        }
        await self._do(_GRANT, given)
        token = self._district.server.authenticator.issue(subject, self._district.code)
        return Client(self._district.http, self._district.code, token, language)

    async def _do(self, document: str, given: Mapping[str, Any]) -> dict[str, Any]:  # JSON both ways
        """Run a mutation that must succeed, and return its payload."""
        ((_, payload),) = (await self._admin.data(document, input=given)).items()
        assert payload["userErrors"] == [], payload["userErrors"]
        found: dict[str, Any] = payload
        return found


def document_number(born_on: date, serial: int) -> str:
    """Return an identity number with a valid check character (GB 11643) that is nobody's."""
    first = f"{AREA}{born_on:%Y%m%d}{serial % 1000:03d}"
    return f"{first}{calc_check_digit(f'{first}0')}"
