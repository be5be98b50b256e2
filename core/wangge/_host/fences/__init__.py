"""Keeps programmes from costing a district more than themselves: time, failures, and the event loop."""

from wangge._host.fences.breakers import Opening, Reason, Side
from wangge._host.fences.calls import Caller, HostSignal
from wangge._host.fences.district import Fences
from wangge._host.fences.hooks import provided, run_hook
from wangge._host.watch import Watch

__all__ = ["Caller", "Fences", "HostSignal", "Opening", "Reason", "Side", "Watch", "provided", "run_hook"]
