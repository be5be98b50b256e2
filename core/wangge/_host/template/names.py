"""The names of a new package: what its author chose, and what follows from it."""

from dataclasses import dataclass

from wangge._host.template.words import with_article
from wangge.levels import LEVELS
from wangge.version import VERSION


@dataclass(frozen=True)
class Names:
    """What the templates are filled with.

    Attributes:
        slug: the programme's one name.
        package: name of the Python package.
        prefix: of the vendor's names in GraphQL.
        title_en: title in English.
        title_zh: title in Chinese.
        entity: noun of the one type, in snake case.
        plural: its plural.
        term: its term in Chinese.
        author: who publishes the package; empty for nobody named.
    """

    slug: str
    package: str
    prefix: str
    title_en: str
    title_zh: str
    entity: str
    plural: str
    term: str
    author: str = ""

    @property
    def distribution(self) -> str:
        """Name of the package on an index: `acme-parcel-lockers`."""
        return self.package.replace("_", "-")

    @property
    def folder(self) -> str:
        """Name of the folder it is written to: `parcel-lockers`."""
        return self.slug.replace("_", "-")

    def values(self) -> dict[str, object]:
        """Return every value that a template may name."""
        noun, nouns = self.entity.replace("_", " "), self.plural.replace("_", " ")
        model, models, prefix = pascal(self.entity), pascal(self.plural), pascal(self.prefix)
        return {
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
            **{"distribution": self.distribution, "CODE": self.slug.upper()},
            **{"noun": noun, "nouns": nouns, "Noun": noun.capitalize(), "Nouns": nouns.capitalize()},
            **{"a_noun": with_article(noun), "A_noun": with_article(noun).capitalize()},
            **{"Model": model, "Models": models, "Prefix": prefix, "Type": prefix + model},
            **{"camel": camel(self.entity), "field": self.prefix + model, "fields": self.prefix + models},
            **{"Settings": f"{pascal(self.slug)}Settings", "api": LEVELS[-1].number},
            **{"title": f"{self.title_en} ({self.title_zh})"},
            "wangge": VERSION.rpartition(".")[0],
        }


def pascal(name: str) -> str:
    """Return a name in Pascal case: `locker_cell` → `LockerCell`."""
    return "".join(part.capitalize() for part in name.split("_"))


def camel(name: str) -> str:
    """Return a name in camel case: `locker_cell` → `lockerCell`."""
    return name.partition("_")[0] + pascal(name.partition("_")[2])
