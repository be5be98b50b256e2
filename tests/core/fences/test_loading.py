"""A programme that hangs when it is loaded, or would end the process, is set aside; the rest starts."""

import signal
from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest

from tests.conftest import BASE_POINT
from wangge._host.plugins import PluginManager

Plant = Callable[..., EntryPoint]

HOOK = "from wangge import hookimpl\n@hookimpl\ndef graphql_types():\n    "
SLOW = "lamps takes longer than 0.2 s to load: let its module and its hooks only declare."
FAULTS = {
    "sleeps": ("import time\ntime.sleep(3600)", SLOW),
    "spins": ("while True:\n    pass", SLOW),
    "hook": (f"{HOOK}while True:\n        pass", SLOW),
    "swallows": (
        "while True:\n    try:\n        import time; time.sleep(3600)\n    except Exception: pass",
        SLOW,
    ),
    "exits": (
        "import sys\nsys.exit(3)",
        "lamps ends the process when it is loaded (exit code 3): take that out.",
    ),
    "interrupts": (
        "raise KeyboardInterrupt",
        "lamps raises KeyboardInterrupt when it is loaded: take that out.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_set_aside_with_the_reason_and_others_load(plant: Plant, fault: str) -> None:
    code, reason = FAULTS[fault]
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGURG)
    broken, sound = plant("lamps", code), plant("torches", "")

    manager = PluginManager([BASE_POINT, broken, sound], seconds=0.2)

    assert list(manager.loaded) == ["base", "torches"]
    assert manager.quarantined["lamps"].reason == reason
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGURG)) == before


def test_an_interrupt_of_the_operator_ends_the_loading(plant: Plant) -> None:
    code = "import signal\nsignal.raise_signal(signal.SIGINT)"
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background of a shell

    try:
        with pytest.raises(KeyboardInterrupt):
            PluginManager([BASE_POINT, plant("lamps", code)])
    finally:
        signal.signal(signal.SIGINT, before)
