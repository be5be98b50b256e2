"""A request's context that is opened only when something needs it."""

from typing import Any

from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import Principal
from wangge.context import RequestContext


class LazyContext:
    """The request's context, opened when it is first asked for: plans often do without."""

    def __init__(self, district: DistrictRuntime, principal: Principal, locale: str, request_id: str) -> None:
        self._district = district
        self._principal = principal
        self._locale = locale
        self._request_id = request_id
        self._manager: Any = None  # the context manager of the context below
        self._opened: RequestContext | None = None

    async def __call__(self) -> RequestContext:
        """Return the context."""
        if self._opened is None:
            self._manager = self._district.context(
                self._principal, locale=self._locale, request_id=self._request_id
            )
            self._opened = await self._manager.__aenter__()
        return self._opened

    async def record_reads(self) -> None:
        """Write the reads that are on the record; an answer goes out only after that."""
        if self._opened is not None:
            await self._opened.record_reads()

    def break_off(self) -> None:
        """Cancel the read that is under way."""
        if self._opened is not None:
            self._opened.db.break_off()

    async def close(self) -> None:
        """Close it, if it was opened."""
        if self._opened is not None:
            await self._manager.__aexit__(None, None, None)
