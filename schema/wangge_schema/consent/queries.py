"""Root query fields of consents."""

from wangge import Info, Query, authenticated, extends, query
from wangge_schema.consent import services
from wangge_schema.consent.types import ProcessingPurpose


@extends(Query)
class ConsentQueries:
    """The register of purposes."""

    @query(
        access=authenticated,
        description="Purposes (处理目的) for which this district processes personal data, by key.",
    )
    async def processing_purposes(self, info: Info) -> list[ProcessingPurpose]:
        """Return the register."""
        return await services.purposes(info.context)  # type: ignore[return-value]  # rows stand for their type
