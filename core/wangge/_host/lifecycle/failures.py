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
    message = (
        "{plugin} is not suspended in this district: "
        "there is nothing to resume, and a purge needs it suspended first."
    )


class PluginPurged(RuleError):
    """Raise when a step needs what a purge has deleted."""

    code = "PLUGIN_PURGED"
    message = "{plugin} is purged in this district already: nothing of it is left. Enable it to begin anew."


class PluginChanged(RuleError):
    """Raise when what would be enabled is not what a preview has shown."""

    code = "PLUGIN_CHANGED"
    message = "What {plugin} would change is not what was shown: look at the preview again."


class PurgeNotConfirmed(RuleError):
    """Raise when the words that confirm a purge are not exactly the ones asked for."""

    code = "PLUGIN_PURGE_NOT_CONFIRMED"
    message = "A purge cannot be undone. To confirm it, write exactly: {words}"


class ExportTooLarge(RuleError):
    """Raise when a programme has more rows than an answer of the API holds."""

    code = "PLUGIN_EXPORT_TOO_LARGE"
    message = (
        "{plugin} has more than {most} rows here: have an operator run `wangge plugin export`, "
        "which writes them to a file."
    )


class RecordsKept(RuleError):
    """Raise when a purge would delete records that a law still keeps."""

    code = "PLUGIN_RECORDS_KEPT"
    message = (
        "A law keeps records of {plugin}, so that nothing was deleted: {records}. "
        "Leave it suspended until their terms are over."
    )
