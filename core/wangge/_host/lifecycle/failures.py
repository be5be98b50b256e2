"""Why a programme cannot be switched: each a code that the administrator can do something about."""

from wangge.errors import RuleError


class PluginUnknown(RuleError):
    """Raise when no installed plugin has the slug."""

    code = "PLUGIN_UNKNOWN"
    message = "There is no programme {plugin} on this server: see `district {{ plugins {{ slug }} }}`."


class PluginIsBase(RuleError):
    """Raise when someone would switch off the base programme."""

    code = "PLUGIN_IS_BASE"
    message = "People and grids are always on: choose a programme."


class PluginNotSuspended(RuleError):
    """Raise when a step is for suspended programmes alone."""

    code = "PLUGIN_NOT_SUSPENDED"
    message = "{plugin} is not suspended in this district: suspend it first."
