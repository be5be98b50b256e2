"""Settings of the base programme in a district: the subjects' settings in one model."""

from wangge_schema.calendars.settings import CalendarSettings
from wangge_schema.grids.settings import GridSettings
from wangge_schema.posts.settings import PostSettings
from wangge_schema.rights.settings import RightsSettings


class BaseSettings(GridSettings, PostSettings, CalendarSettings, RightsSettings):
    """What a district may set of people and grids; each field has a default and a source note."""
