"""`wangge token`: a bearer token of the embedded key."""

from pathlib import Path
from typing import Annotated

import typer

from wangge._host.accounts import ensure_account
from wangge._host.cli.session import DataOption, DistrictOption, open_server, run
from wangge.auth.principal import ROLES


def token(
    district: DistrictOption,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    grid: Annotated[str | None, typer.Option(help="Code of the grid where the role is held.")] = None,
    account: Annotated[
        str | None, typer.Option(help="Name of the account [default: the role's demo account].")
    ] = None,
    data: DataOption = None,
) -> None:
    """Print a token, valid for twelve hours. Refused where an identity provider is configured.

    The account is made and given the role, if it is not there yet.

    Example: wangge token --district 370703 --role grid_worker --grid 370703001001
    """
    typer.echo(run(_token(data, district, role, grid, account)))


async def _token(data: Path | None, code: str, role: str, grid: str | None, account: str | None) -> str:
    async with open_server(data) as server:
        server.authenticator.issue("check", code)  # refuse before anything is written
        district = server.district(code)
        await district.check_ready()
        subject = await ensure_account(district, role, grid=grid, account=account)
        return server.authenticator.issue(subject, code)
