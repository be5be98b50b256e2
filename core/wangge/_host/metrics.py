"""What Prometheus reads of this server: requests, tiers, codes, what it holds; no personal value."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from tempfile import TemporaryDirectory

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.gc_collector import GCCollector
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

MEDIA_TYPE = CONTENT_TYPE_LATEST
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Variable of `prometheus-client` that names the folder through which the processes of a server add up."""
QUEUE = {
    "events": "Events that programmes have still to be told of, or failed on and are told of again.",
    "dead": "Events that programmes failed on for good.",
    "seconds": "Seconds since the oldest of the events that wait.",
}
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts of one server process.

    Labels come from closed sets: codes of districts that exist, names of tiers, statuses, codes of errors.
    Nothing that a caller wrote becomes a label.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "wangge_requests", "Requests answered.", ("district", "tier", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "wangge_request_seconds",
            "Seconds from a request to its answer.",
            ("district", "tier"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._errors = Counter(
            "wangge_errors", "Errors told to callers.", ("district", "code"), registry=self._registry
        )
        self._open = Gauge(
            "wangge_requests_open",
            "Requests that are being answered.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._subscriptions = Gauge(
            "wangge_subscriptions_open",
            "Subscriptions that are being served.",
            ("district",),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._events = Counter(
            "wangge_events_sent", "Events sent to subscribers.", ("district",), registry=self._registry
        )
        self._add_plugins()
        self._districts = Gauge(
            "wangge_districts", "Districts served.", registry=self._registry, multiprocess_mode="livemax"
        )
        self._queue = {name: self._queue_gauge(name, what) for name, what in QUEUE.items()}
        self._series = lru_cache(maxsize=4096)(self._find_series)  # the package's own lookup takes a lock
        if SHARED_FOLDER not in os.environ:  # of several processes, figures of one would mislead
            for collector in (ProcessCollector, PlatformCollector, GCCollector):
                collector(registry=self._registry)

    def _add_plugins(self) -> None:
        self._plugin_failures = Counter(
            "wangge_plugin_failures",
            "Calls of programmes that failed, by what: raised, late or stalled.",
            ("district", "plugin", "side", "reason"),
            registry=self._registry,
        )
        self._plugin_breakers = Gauge(
            "wangge_plugin_breakers_open",
            "Sides of programmes that are paused in a process of this server.",
            ("district", "plugin", "side"),
            registry=self._registry,
            multiprocess_mode="livemax",
        )

    def _queue_gauge(self, name: str, what: str) -> Gauge:
        return Gauge(
            f"wangge_queue_{name}",
            what,
            ("district",),
            registry=self._registry,
            multiprocess_mode="livemostrecent",  # of the processes, the one that was asked last
        )

    @contextmanager
    def open(self) -> Iterator[None]:
        """Count a request as one that is being answered."""
        self._open.inc()
        try:
            yield
        finally:
            self._open.dec()

    def answered(
        self, district: str, tier: str | None, status: int, seconds: float, codes: Iterable[str]
    ) -> None:
        """Note that a request was answered.

        Args:
            district: code of a district that exists, or the empty text.
            tier: name of the tier that served it; None where no operation ran.
            status: of the HTTP answer.
            seconds: from the request's first byte to the answer.
            codes: of the errors in the answer.
        """
        requests, times = self._series(district, tier or "", str(status))
        requests.inc()
        times.observe(seconds)
        for code in codes:
            self._errors.labels(district, code).inc()

    def _find_series(self, district: str, tier: str, status: str) -> tuple[Counter, Histogram]:
        return self._requests.labels(district, tier, status), self._seconds.labels(district, tier)

    def subscriptions(self, district: str, change: int) -> None:
        """Note that subscriptions began (+1) or ended (-1)."""
        self._subscriptions.labels(district).inc(change)

    def events(self, district: str, sent: int) -> None:
        """Note that events were sent to subscribers."""
        self._events.labels(district).inc(sent)

    def plugin_failed(self, district: str, plugin: str, side: str, reason: str) -> None:
        """Note that a call of a programme failed."""
        self._plugin_failures.labels(district, plugin, side, reason).inc()

    def plugin_paused(self, district: str, plugin: str, side: str, *, paused: bool) -> None:
        """Note that a side of a programme is paused, or goes on."""
        self._plugin_breakers.labels(district, plugin, side).set(int(paused))

    def queue(self, district: str, events: int, dead: int, seconds: float) -> None:
        """Note how a district's queue of events stands."""
        for name, value in {"events": events, "dead": dead, "seconds": seconds}.items():
            self._queue[name].labels(district).set(value)

    def page(self, districts: int) -> bytes:
        """Return all figures in Prometheus' text form, of all processes of this server together."""
        self._districts.set(districts)
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # the package leaves this one untyped
        return generate_latest(shared)


@contextmanager
def shared_between_processes() -> Iterator[None]:
    """Have the server processes started within the block add up their figures in a folder of their own."""
    with TemporaryDirectory(prefix="wangge-metrics-") as folder:
        os.environ[SHARED_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[SHARED_FOLDER]
