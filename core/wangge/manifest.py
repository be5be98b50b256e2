"""The static manifest of a plugin: `plugin.toml`, read without importing the plugin's code."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from wangge.auth.principal import ROLES
from wangge.errors import PluginError
from wangge.levels import LEVELS, check_level

API_LEVEL = LEVELS[-1].number
"""The newest level of the plugin API; a server speaks a range of them."""

FIRST_PARTY = frozenset({"base", "volunteer_points"})
"""Slugs that the project itself ships; they need no prefix."""

_SLUG = re.compile(r"[a-z][a-z0-9_]{2,39}")
_CAPABILITY = re.compile(r"[a-z][a-z0-9_]*/[1-9][0-9]*")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A name in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class PermissionEntry(_Strict):
    """A permission, its title, and the roles that hold it unless a district says otherwise."""

    title: Title
    roles: tuple[str, ...] = ()

    @field_validator("roles")
    @classmethod
    def _known(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        unknown = set(roles) - set(ROLES)
        if unknown:
            raise ValueError(f"unknown roles {', '.join(sorted(unknown))}")
        return roles


class PersonalData(_Strict):
    """Personal columns of one table, with the purpose they are kept for.

    Attributes:
        table: name of the table.
        columns: names of its personal columns.
        person_key: column that says whose row it is (`id` on the table of persons).
        purpose: key of the processing purpose.
        legal_basis: law and article, or consent.
        retention: how long, and from when.
        on_erase: `delete` the row, or `restrict`: keep the row where a law keeps it, while the person it
            belongs to becomes a stub without personal values.
        empties: those of `columns` that an erasure empties in a row that stays, such as free text.
        title: what the rows are, for the copy that a person gets.
        retention_from: date or time column of the table from whose day on the term runs; while it is null
            the row is kept.
        retention_days: the term, where a law or standard fixes it.
        retention_setting: or the whole-number field of the plugin's settings that says the days.
        on_expiry: what the end of the term does; left out, what an erasure does.
    """

    table: str
    columns: tuple[str, ...]
    person_key: str
    purpose: str
    legal_basis: str
    retention: str
    on_erase: Literal["delete", "restrict"]
    empties: tuple[str, ...] = ()
    title: Title | None = None
    retention_from: str | None = None
    retention_days: int | None = Field(default=None, ge=1)
    retention_setting: str | None = None
    on_expiry: Literal["delete", "restrict"] | None = None

    @model_validator(mode="after")
    def _agrees(self) -> "PersonalData":
        if set(self.empties) - set(self.columns):
            raise ValueError("`empties` names columns that are not among `columns`")
        terms = [one for one in (self.retention_days, self.retention_setting) if one is not None]
        if len(terms) != (0 if self.retention_from is None else 1):
            raise ValueError("a term is `retention_from` with either `retention_days` or `retention_setting`")
        return self


class Purpose(_Strict):
    """A processing purpose that residents are informed of, and where needed consent to."""

    title: Title
    legal_basis: str
    retention: str | None = None
    notice_version: str
    needs_consent: bool = False


class Manifest(_Strict):
    """What a plugin says of itself before any of its code runs.

    Attributes:
        slug: its one name.
        title: its name for people.
        version: its own version.
        api: the level of the plugin API it targets.
        prefix: what its GraphQL names start with; first-party programmes have none.
        permissions: key → titles and roles.
        personal_data: the map of its personal columns.
        purposes: key → why personal data are processed.
        provides: capabilities that it provides.
        requires: capabilities without which it cannot be enabled in a district.
        wants: capabilities that it uses where the district has them, and does without where not.
    """

    slug: str
    title: Title
    version: str
    api: int = Field(strict=True)
    prefix: str = ""
    permissions: dict[str, PermissionEntry] = Field(default_factory=dict)
    personal_data: tuple[PersonalData, ...] = ()
    purposes: dict[str, Purpose] = Field(default_factory=dict)
    provides: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()

    @field_validator("slug")
    @classmethod
    def _slug_form(cls, slug: str) -> str:
        if not _SLUG.fullmatch(slug):
            raise ValueError("a slug is 3 to 40 lower-case letters, digits and underscores")
        return slug

    @field_validator("provides", "requires", "wants")
    @classmethod
    def _capability_form(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not _CAPABILITY.fullmatch(name):
                raise ValueError(f"{name} is not of the form name/1")
        return names

    @model_validator(mode="after")
    def _prefixed(self) -> "Manifest":
        for permission in self.permissions:
            if not permission.startswith(f"{self.slug}."):
                raise ValueError(f"the permission {permission} must start with {self.slug}.")
        for entry in self.personal_data:
            if not entry.table.startswith(f"{self.slug}_"):
                raise ValueError(f"the table {entry.table} must start with {self.slug}_")
        twice = set(self.requires) & set(self.wants) | set(self.provides) & {*self.requires, *self.wants}
        if twice:
            raise ValueError(f"{min(twice)} stands in two of `provides`, `requires` and `wants`")
        if self.slug not in FIRST_PARTY and not self.prefix:
            raise ValueError("a vendor's plugin declares the prefix of its GraphQL names")
        return self


def load_manifest(package: str) -> Manifest:
    """Read the manifest of a package, found beside its plugin module.

    Raises:
        PluginError: when it is missing or breaks a rule, naming the field and the remedy.
    """
    try:
        text = files(package).joinpath("plugin.toml").read_text(encoding="utf-8")
    except (FileNotFoundError, ModuleNotFoundError) as error:
        raise PluginError(f"{package} has no plugin.toml: add one beside plugin.py.") from error
    return parse_manifest(text, package)


def parse_manifest(text: str, package: str) -> Manifest:
    """Return the manifest in `text`.

    Raises:
        PluginError: as `load_manifest`.
    """
    try:
        values = tomllib.loads(text)
        if type(values.get("api")) is int:  # first: what else a manifest may say depends on its level
            check_level(values["api"])
        return Manifest.model_validate(values)
    except PluginError as error:
        raise PluginError(f"{package}/plugin.toml: api: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise PluginError(f"{package}/plugin.toml is not TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the manifest"
        raise PluginError(f"{package}/plugin.toml: {where}: {first['msg']}.") from error


def package_folder(package: str) -> Path:
    """Return the folder of an installed package."""
    return Path(str(files(package)))
