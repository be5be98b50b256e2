"""Root query fields of organisations."""

from typing import Annotated, cast

from wangge import Connection, Info, Query, authenticated, connection, described, extends, query
from wangge_schema.organizations import services
from wangge_schema.organizations.types import Organization, OrganizationFilter, OrganizationOrder


@extends(Query)
class OrganizationQueries:
    """Organisations of the district."""

    organizations: Connection[Organization] = connection(
        "Organisations (组织) of the district.",
        where=OrganizationFilter,
        order_by=OrganizationOrder,
        access=authenticated,
    )

    @query(access=authenticated, description="The organisation that holds a credit code (统一社会信用代码).")
    async def organization(
        self,
        info: Info,
        credit_code: Annotated[str, described("The code; blanks and letter case do not matter.")],
    ) -> Organization | None:
        """Return the organisation, or null."""
        return cast(Organization | None, await services.organization_by_code(info.context, credit_code))
