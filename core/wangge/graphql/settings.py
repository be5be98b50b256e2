"""Where the value of a setting comes from, as GraphQL tells it; the base programme adds the grid."""

from strawberry import Parent
from strawberry.utils.str_converters import to_camel_case

from wangge.auth.access import requires
from wangge.graphql.fields import column, field
from wangge.graphql.types import graphql_enum, object_type
from wangge.settings import SettingOrigin, SettingSource

graphql_enum(
    SettingOrigin,
    "Where the value of a setting comes from.",
    DEFAULT="The programme's own default.",
    DISTRICT="The district set it.",
    GRID="A grid set it: this one, or the nearest above it that did.",
)


@object_type(
    access=requires("base.plugins.read"),
    description="Where the value of one setting comes from (设置来源).",
    name="SettingSource",
)
class SettingSourceInfo:
    """The source of one setting; the base programme adds its grid."""

    @field(description="Name of the setting, as the field beside is called.")
    @staticmethod
    def name(root: Parent[SettingSource]) -> str:
        """Return the name."""
        return to_camel_case(root.name)

    origin: SettingOrigin = column("Where its value comes from.")
    local: bool = column("Whether streets, communities and grids may set it for themselves.")
