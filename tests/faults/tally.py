"""The account of faults tried and survived."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Fault:
    """One kind of fault.

    Attributes:
        tried: how often it was brought about.
        survived: how often all that was insisted on held afterwards.
        noted: figures that tell how hard it was, such as how many answers were pending.
    """

    fault: str
    tried: int = 0
    survived: int = 0
    noted: dict[str, int] | None = None


class Tally:
    """Faults by name."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def tried(self, fault: str, times: int = 1) -> None:
        """Note that a fault was brought about."""
        self._faults.setdefault(fault, Fault(fault)).tried += times

    def survived(self, fault: str, times: int = 1, **noted: int) -> None:
        """Note that what was insisted on held."""
        found = self._faults[fault]
        found.survived += times
        for name, figure in noted.items():
            found.noted = found.noted or {}
            found.noted[name] = found.noted.get(name, 0) + figure

    def write(self, path: str) -> None:
        """Write it as JSON."""
        rows = [asdict(one) for one in self._faults.values()]
        Path(path).write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
