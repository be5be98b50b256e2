"""Access of a field or type: open to all, to anyone signed in, or to holders of a permission."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Access:
    """What a caller needs. Use `public`, `authenticated` or `requires(permission)`."""

    signed_in: bool = True
    permission: str | None = None


public: Final = Access(signed_in=False)
"""Open to everyone, signed in or not."""

authenticated: Final = Access()
"""Open to everyone who is signed in."""


def requires(permission: str) -> Access:
    """Return the access of those who hold `permission`, such as `canteen_meals.orders.write`."""
    return Access(permission=permission)
