"""Messages in the caller's language, from the gettext catalogues of all packages."""

from collections.abc import Iterable
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.pofile import read_po

from wangge.errors import WanggeError

DEFAULT = "zh_Hans"
SOURCE = "en"


class Messages:
    """Translations of error messages; English is the source and needs no catalogue."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._catalogues: dict[str, dict[str, str]] = {}
        for folder in folders:
            for path in sorted(folder.glob("locales/*/*.po")):
                with path.open("rb") as file:
                    catalogue = read_po(file)
                known = self._catalogues.setdefault(path.parent.name, {})
                known.update({str(one.id): str(one.string) for one in catalogue if one.id and one.string})

    def translate(self, error: WanggeError, locale: str) -> str:
        """Return an error's message in a locale, in English where there is no translation."""
        return error.text(self._catalogues.get(locale, {}).get(error.message))

    def knows(self, message: str, locale: str) -> bool:
        """Say whether a message is translated to a locale."""
        return message in self._catalogues.get(locale, {})

    def text(self, message: str, locale: str) -> str:
        """Return a plain message in a locale."""
        return self._catalogues.get(locale, {}).get(message, message)


def locale_of(accept_language: str | None) -> str:
    """Return the locale for an Accept-Language header: zh_Hans unless English is preferred."""
    if not accept_language:
        return DEFAULT
    weighed: list[tuple[float, str]] = []
    for part in accept_language[:256].split(","):
        tag, _, quality = part.partition(";q=")
        try:
            weighed.append((-float(quality or 1), tag.strip().replace("-", "_")))
        except ValueError:
            continue
    preferred = [tag for _, tag in sorted(weighed, key=lambda one: one[0])]
    found = negotiate_locale(preferred, ["zh_CN", "zh", "en_US", "en_GB", "en"], sep="_")
    return SOURCE if found and Locale.parse(found).language == "en" else DEFAULT
