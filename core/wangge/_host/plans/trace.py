"""What an answer tells of how it was served: its tier, and what kept it from a lower one."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

TIERS: Final = {1: "sql", 2: "sql+python", 3: "graphql"}
"""Names of the tiers in the header `Server-Timing`, in the log and on the command line."""


@dataclass(slots=True)
class Trace:
    """How an operation was served; tier 0 where none ran."""

    tier: int = 0
    why: str = ""

    @property
    def name(self) -> str | None:
        """The tier's name, or None where no operation ran."""
        return TIERS.get(self.tier)

    def timing(self, spent: float) -> str:
        """Return the value of `Server-Timing`: milliseconds, tier, and why it is no lower one."""
        return f"total;dur={spent:.1f}{_plan(self.tier, self.why)}"


@lru_cache(maxsize=256)
def _plan(tier: int, why: str) -> str:
    if tier not in TIERS:
        return ""
    plan = f', plan;desc="{TIERS[tier]}"'
    return f'{plan}, why;desc="{_quotable(why)}"' if why else plan


def _quotable(text: str) -> str:
    """Return a text as it may stand between the quotation marks of a header."""
    plain = "".join(one if " " <= one <= "~" else "?" for one in text)
    return plain.replace("\\", "\\\\").replace('"', '\\"')
