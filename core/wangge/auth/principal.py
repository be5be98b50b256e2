"""The principal: who asks, with which roles and permissions, and within which scope."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from wangge.auth.models import PrincipalKind
from wangge.auth.scope import EVERYTHING, NOTHING, Scope

ROLES: Final = (
    "district_admin",
    "street_secretary",
    "community_secretary",
    "grid_worker",
    "resident",
    "vendor_service",
)
"""Roles that the platform ships; bundles of permissions whose defaults stand in the manifests."""


@dataclass(frozen=True)
class HeldRole:
    """A role that the principal holds now."""

    role: str
    place_id: UUID | None
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Principal:
    """Who asks. `account_id` is None for the anonymous and for the server itself."""

    account_id: UUID | None = None
    subject: str = ""
    kind: PrincipalKind = PrincipalKind.SERVICE
    person_id: UUID | None = None
    roles: tuple[HeldRole, ...] = ()
    permissions: frozenset[str] = field(default_factory=frozenset)
    scope: Scope = NOTHING
    is_system: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether someone is known to be asking."""
        return self.account_id is not None or self.is_system

    def may(self, permission: str) -> bool:
        """Say whether the principal holds `permission`."""
        return self.is_system or permission in self.permissions


SYSTEM: Final = Principal(subject="system", scope=EVERYTHING, is_system=True)
"""The server's own work from the command line: imports, migrations, demo data."""
