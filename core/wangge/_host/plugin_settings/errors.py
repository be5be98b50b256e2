"""Why settings are not changed."""

from wangge.errors import RuleError


class SettingInvalid(RuleError):
    """Raise when a setting, or the settings together, cannot have a value."""

    code = "SETTING_INVALID"
    message = "{setting} cannot be set so: {reason}"


class SettingNotLocal(RuleError):
    """Raise when a grid would set for itself what is one in the whole district."""

    code = "SETTING_NOT_LOCAL"
    message = "{setting} is one in the whole district: change it without a grid."


class SettingKeyTwice(RuleError):
    """Raise when a list of entries names one key twice."""

    code = "SETTING_KEY_TWICE"
    message = "{setting} names the key {key} twice: leave out one of the two."


class SettingTwice(RuleError):
    """Raise when one call sets a setting and resets it."""

    code = "SETTING_TWICE"
    message = "{setting} is both set and reset: leave out one of the two."


class SettingsDistrictWide(RuleError):
    """Raise when someone who is responsible for a part of the district would set what holds in all of it."""

    code = "SETTINGS_DISTRICT_WIDE"
    message = "Without a grid this changes the whole district: name one of your grids, or ask the district."
