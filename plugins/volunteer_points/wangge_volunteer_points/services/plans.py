"""What an order or an activity is about: one form, checked once for both."""

from dataclasses import dataclass, replace
from uuid import UUID

from wangge import RequestContext
from wangge_volunteer_points.rules.inputs import PLACE, STORY, TITLE, checked_text
from wangge_volunteer_points.settings import VolunteerPointsSettings


@dataclass(frozen=True)
class ServicePlan:
    """A service to be: title, content, place, and what decides its points and who may take part."""

    title: str
    content: str
    place: str
    service_class: str = "general"
    circumstance: str = "ordinary"
    dangerous: bool = False

    async def checked(
        self, ctx: RequestContext, *, grid_id: UUID, content_field: str = "content"
    ) -> "ServicePlan":
        """Return the plan as it can be stored at a grid.

        Raises:
            TextUnfit: a text is empty or too long.
            ServiceClassUnknown: there is no such class or circumstance at the grid.
        """
        settings = await ctx.settings_at(VolunteerPointsSettings, grid_id)
        settings.service_class(self.service_class)
        settings.circumstance(self.circumstance)
        return replace(
            self,
            title=checked_text(self.title, most=TITLE, field="title"),
            content=checked_text(self.content, most=STORY, field=content_field),
            place=checked_text(self.place, most=PLACE, field="place"),
        )
