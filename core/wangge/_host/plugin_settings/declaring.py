"""The root fields of a programme's settings: made once, when the programme is loaded, from its model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry
from pydantic import BaseModel
from strawberry.utils.str_converters import to_camel_case

from wangge._host.plugin_settings.forms import READ, Form, Forms, about_of, taken
from wangge.auth.access import requires
from wangge.context import Info
from wangge.errors import PluginError
from wangge.graphql.extend import Mutation, Query, extends
from wangge.graphql.fields import argument, column, described, field, query
from wangge.graphql.mutations import mutation
from wangge.graphql.settings import SettingSourceInfo
from wangge.graphql.types import Input, Payload, input_type, payload_type
from wangge.manifest import Manifest

if TYPE_CHECKING:
    from wangge._host.platform import DistrictPlatform

WRITE = requires("base.plugins.write")
SOURCES = "sources"
_GRID = "A grid; without one it is about the whole district."


@dataclass(frozen=True)
class Names:
    """GraphQL names of a programme's settings.

    Attributes:
        stem: of the types, such as `VolunteerPoints`.
        shown: the root query field, such as `volunteerPointsSettings`.
        changed: the root mutation field, such as `changeVolunteerPointsSettings`.
    """

    stem: str
    shown: str
    changed: str


def names_of_settings(manifest: Manifest) -> Names:
    """Return the names, which start with a vendor's prefix; a mutation's verb follows on it."""
    own = "".join(part.capitalize() for part in manifest.slug.split("_"))
    prefix = manifest.prefix[:1].upper() + manifest.prefix[1:]
    own = own.removeprefix(prefix) if prefix else own
    changed = f"{prefix}Change{own}Settings"
    stem = f"{prefix}{own}"
    return Names(stem, stem[0].lower() + stem[1:] + "Settings", changed[0].lower() + changed[1:])


def settings_fields(manifest: Manifest, module: str, model: type[BaseModel]) -> tuple[list[type], list[type]]:
    """Return the object types, and the extensions of the roots, that tell and change a programme's settings.

    They count as what `module`, the programme's own, has brought.

    Raises:
        PluginError: when a setting has a name or a type that cannot be told.
    """
    if SOURCES in model.model_fields:
        raise PluginError(f"{manifest.slug}: `{SOURCES}` says where settings come from: rename the setting.")
    if not model.model_fields:
        return [], []
    names = names_of_settings(manifest)
    forms = Forms(f"{names.stem}Settings", module)
    try:
        kinds = forms.fields(model)
    except PluginError as error:
        raise PluginError(f"{manifest.slug}: {error}") from error
    shown = _shown_type(forms, names, manifest, model, kinds)
    payload = _payload_type(forms, names, shown)
    given = _input_type(forms, names, manifest, model, kinds)
    title = f"{manifest.title.en} ({manifest.title.zh})"
    asked = extends(Query)(
        forms.make(
            f"{names.stem}SettingsQuery",
            "Root field.",
            {},
            settings=_query(manifest.slug, names, shown, title),
        )
    )
    told = extends(Mutation)(
        forms.make(
            f"{names.stem}SettingsMutation",
            "Root field.",
            {},
            change_settings=_mutation(manifest.slug, names, given, payload, kinds, title),
        )
    )
    return [shown], [asked, told]


def _shown_type(
    forms: Forms, names: Names, manifest: Manifest, model: type[BaseModel], kinds: Mapping[str, Form]
) -> type:
    def sources(root: Any) -> list[SettingSourceInfo]:  # the values with their sources
        return cast("list[SettingSourceInfo]", list(root.sources))

    about = about_of(model) or f"Settings of {manifest.title.en}."
    more = {SOURCES: field(description="Where the value of each setting comes from.")(sources)}
    return forms.shown_type(
        f"{names.stem}Settings",
        f"{about} What holds in the district or at a grid ({manifest.title.zh}的设置).",
        kinds,
        model.model_fields,
        of=lambda root: root.values,
        **more,
    )


def _input_type(
    forms: Forms, names: Names, manifest: Manifest, model: type[BaseModel], kinds: Mapping[str, Form]
) -> type:
    values = forms.given_type(
        f"{names.stem}SettingsInput",
        "What to set; what is left out stays as it is.",
        kinds,
        model.model_fields,
    )
    members = {
        name.upper(): (name, one.description or to_camel_case(name))
        for name, one in model.model_fields.items()
    }
    choices = forms.choices(f"{names.stem}Setting", f"A setting of {manifest.title.en}.", members)
    name = f"{names.changed[0].upper()}{names.changed[1:]}Input"
    made = forms.make(
        name,
        "Input.",
        {
            "grid": strawberry.ID | None,
            "values": values | None,
            "reset": list[choices] | None,  # type: ignore[valid-type]  # made just now
        },
        Input,
        grid=argument(f"{_GRID} A grid sets for itself, and for all below it, what is local.", default=None),
        values=argument("What to set.", default=None),
        reset=argument("Which settings to take from above again.", default=None),
    )
    return input_type("What to set, and where.", name=name)(made)


def _payload_type(forms: Forms, names: Names, shown: type) -> type[Payload]:
    name = f"{names.changed[0].upper()}{names.changed[1:]}Payload"
    made = forms.make(
        name,
        "Payload.",
        {"settings": shown | None},
        Payload,
        settings=column("What holds there now.", default=None),
    )
    return cast("type[Payload]", payload_type("The settings as they are after the call.", name=name)(made))


def _query(slug: str, names: Names, shown: type, title: str) -> Any:  # a Strawberry field
    async def settings(info: Info, grid: Any = None) -> Any:
        platform = cast("DistrictPlatform", info.context.platform)
        place_id = await platform.known_place(info.context, grid)
        return await platform.effective_settings(info.context, slug, place_id)

    _annotate(
        settings, grid=Annotated[strawberry.ID | None, described(_GRID)], result=shown | None
    )  # made just now
    told = f"What {title} is set to, and where each value comes from (设置)."
    return query(access=READ, description=told, name=names.shown)(settings)


def _mutation(
    slug: str, names: Names, given: type, payload: type[Payload], kinds: Mapping[str, Form], title: str
) -> Any:  # a Strawberry field
    async def change_settings(info: Info, input: Any) -> Any:
        platform = cast("DistrictPlatform", info.context.platform)
        place_id = await platform.known_place(info.context, input.grid)
        values = taken(input.values, kinds) if input.values is not None else {}
        reset = frozenset(one.value for one in input.reset or ())
        await platform.change_settings(info.context, slug, values, reset, place_id)
        effective = await platform.effective_settings(info.context, slug, place_id)
        return cast("Callable[..., Payload]", payload)(settings=effective)

    _annotate(change_settings, input=given, result=payload)
    told = (
        f"Change what {title} is set to, in the district or at a grid: all of a call or nothing (修改设置). "
        "The whole district's settings are changed by those alone whose scope is the whole district."
    )
    return mutation(access=WRITE, transaction=False, description=told, name=names.changed)(change_settings)


def _annotate(resolver: Any, *, result: Any, **kinds: Any) -> None:  # annotations made at run time
    resolver.__annotations__.update({**kinds, "return": result})
