"""A settings model as GraphQL tells it: each Python type with what it is shown as, and what it is taken as.

Strawberry's own support of pydantic makes one class of a model and validates each input by itself. Here a
model is shown whole and taken in parts, which are validated together with what is inherited.
"""

import datetime
import enum
import inspect
import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import strawberry
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from strawberry.utils.str_converters import capitalize_first, to_camel_case

from wangge._host.plugin_settings.errors import SettingKeyTwice
from wangge.auth.access import requires
from wangge.errors import PluginError
from wangge.graphql.fields import argument, field
from wangge.graphql.types import graphql_enum, input_type, object_type

READ = requires("base.plugins.read")
PLAIN = {
    *(bool, int, float, str, Decimal),
    *(datetime.date, datetime.datetime, datetime.time, datetime.timedelta),
}
LISTS = {list, tuple, set, frozenset, Sequence}
MAPS = {dict, Mapping}

Convert = Callable[[Any], Any]  # values of any type that a setting may have


def _as_it_is(value: Any) -> Any:  # as above
    return value


@dataclass(frozen=True)
class Form:
    """How values of a Python type go out and come in.

    Attributes:
        shown: the annotation of an output field.
        given: the annotation of an input's field.
        show: turns a setting's value into what `shown` stands for.
        take: turns what was given into what pydantic validates.
    """

    shown: Any
    given: Any
    show: Convert = _as_it_is
    take: Convert = _as_it_is


class Forms:
    """Makes the forms of one programme's settings; each class is made once.

    Args:
        stem: what the names of all types begin with, such as `VolunteerPointsSettings`.
        module: the programme's module, so that the types count as its own.
    """

    def __init__(self, stem: str, module: str) -> None:
        self._stem = stem
        self._module = module
        self._known: dict[type, Form | None] = {}
        self._names: set[str] = set()

    def of(self, kind: Any, where: str) -> Form:  # any annotation
        """Return the form of a type.

        Args:
            kind: an annotation of the settings model, or of a model in it.
            where: names the field, for what is made for it alone and for messages.

        Raises:
            PluginError: when GraphQL cannot tell the type.
        """
        origin, inner = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self.of(inner[0], where)
        if origin in {Union, types.UnionType} and len(inner) == 2 and type(None) in inner:
            return _optional(self.of(next(one for one in inner if one is not type(None)), where))
        if origin in LISTS and len({*inner} - {...}) == 1:
            return _list(self.of(inner[0], where))
        if origin in MAPS and inner[0] is str:
            return self._entries(self.of(inner[1], where), where)
        if origin is Literal and all(isinstance(one, str) for one in inner):
            return self._literal(inner, where)
        if kind in PLAIN:
            return Form(kind, kind)
        if inspect.isclass(kind) and issubclass(kind, enum.Enum):
            return self._enum(kind)
        if inspect.isclass(kind) and issubclass(kind, BaseModel):
            return self._model(kind, where)
        shown = getattr(kind, "__name__", kind)
        raise PluginError(
            f"The setting {where} is a {shown}, which GraphQL cannot tell: use numbers, texts, days, times, "
            "enums, lists, dicts with texts as keys, or models of these."
        )

    def fields(self, model: type[BaseModel]) -> dict[str, Form]:
        """Return the forms of a model's fields."""
        return {name: self.of(one.annotation, name) for name, one in model.model_fields.items()}

    def shown_type(
        self,
        name: str,
        description: str,
        forms: Mapping[str, Form],
        infos: Mapping[str, FieldInfo],
        *,
        of: Convert = _as_it_is,
        **more: Any,
    ) -> type:
        """Return an object type with a field for each of a model's, and `more` Strawberry fields.

        Its objects are those of the model, or hold one, which `of` returns.
        """
        made = {key: _shown(key, form, infos[key].description, of) for key, form in forms.items()}
        return object_type(access=READ, description=description, name=self._free(name))(
            self.make(name, description, {}, **made, **more)
        )

    def given_type(
        self, name: str, description: str, forms: Mapping[str, Form], infos: Mapping[str, FieldInfo]
    ) -> type:
        """Return an input in which each field may be left out that has a default."""
        kinds, made = {}, {}
        for key, form in forms.items():
            needed = infos[key].is_required()
            kinds[key] = form.given if needed else form.given | None
            told = infos[key].description or ""
            made[key] = argument(told) if needed else argument(told, default=strawberry.UNSET)
        return input_type(description, name=self._free(name))(self.make(name, description, kinds, **made))

    def make(self, name: str, about: str, kinds: Mapping[str, Any], *bases: type, **members: Any) -> type:
        """Return a plain class of the programme's."""
        told = {"__module__": self._module, "__doc__": about, "__annotations__": dict(kinds)}
        return type(name, bases, {**told, **members})

    def choices(self, name: str, description: str, members: Mapping[str, tuple[Any, str]]) -> type[enum.Enum]:
        """Return an enum of member → (value, description)."""
        values = {member: value for member, (value, _) in members.items()}
        made = enum.Enum(self._free(name), values, module=self._module)  # type: ignore[misc]  # names are data
        told = {member: text for member, (_, text) in members.items()}
        return graphql_enum(made, description, **told)

    def _free(self, name: str) -> str:
        if name in self._names:
            raise PluginError(f"Two models of the settings are called {name}: rename one.")
        self._names.add(name)
        return name

    def _model(self, model: type[BaseModel], where: str) -> Form:
        if model in self._known:
            known = self._known[model]
            if known is None:
                raise PluginError(f"The setting {where} holds itself, which GraphQL cannot take.")
            return known
        self._known[model] = None
        forms, name = self.fields(model), f"{self._stem}{model.__name__}"
        about = about_of(model) or f"A value of {self._stem}."
        shown = self.shown_type(name, about, forms, model.model_fields)
        given = self.given_type(f"{name}Input", about, forms, model.model_fields)
        made = self._known[model] = Form(shown, given, take=lambda one: taken(one, forms))
        return made

    def _entries(self, form: Form, where: str) -> Form:
        """Return a dict as a list of entries, since GraphQL has no maps."""
        name = f"{self._stem}{_pascal(where)}Entry"
        infos = {
            "key": FieldInfo(annotation=str, description="Its key."),
            "value": FieldInfo(annotation=form.given, description="Its value."),
        }
        forms = {"key": Form(str, str), "value": form}
        about = f"An entry of {to_camel_case(where)}."
        shown = self.shown_type(name, about, forms, infos)
        given = self.given_type(f"{name}Input", about, forms, infos)

        def show(values: Mapping[str, Any]) -> list[Any]:
            return [types.SimpleNamespace(key=key, value=value) for key, value in values.items()]

        def take(entries: Sequence[Any]) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for one in entries:
                if one.key in found:
                    path = ("values", to_camel_case(where))
                    raise SettingKeyTwice(path=path, setting=path[1], key=one.key)
                found[one.key] = form.take(one.value)
            return found

        return Form(list[shown], list[given], show, take)  # type: ignore[valid-type]  # made just now

    def _literal(self, values: Sequence[str], where: str) -> Form:
        members = {re.sub(r"\W", "_", one).upper(): (one, f"`{one}`.") for one in values}
        if len(members) < len(values) or any(not name.isidentifier() for name in members):
            raise PluginError(
                f"The setting {where} may be one of {', '.join(map(repr, values))}: "
                "these make no names of an enum."
            )
        made = self.choices(f"{self._stem}{_pascal(where)}", f"What {to_camel_case(where)} may be.", members)
        return Form(made, made, show=made, take=lambda one: one.value)

    def _enum(self, kind: type[enum.Enum]) -> Form:
        if "__strawberry_definition__" not in vars(kind):
            strawberry.enum(kind, name=self._free(f"{self._stem}{kind.__name__}"))
            told = {member: f"`{one.value}`." for member, one in kind.__members__.items()}
            graphql_enum(kind, inspect.getdoc(kind) or f"A value of {self._stem}.", **told)
        return Form(kind, kind)


def taken(given: Any, forms: Mapping[str, Form]) -> dict[str, Any]:  # an input object; what pydantic takes
    """Return the values of an input, without those that were left out."""
    found = {name: getattr(given, name) for name in forms}
    return {
        name: value if value is None else forms[name].take(value)
        for name, value in found.items()
        if value is not strawberry.UNSET
    }


def about_of(model: type[BaseModel]) -> str:
    """Return the first paragraph of a model's own docstring."""
    return " ".join((inspect.cleandoc(vars(model).get("__doc__") or "")).split("\n\n")[0].split())


def _shown(name: str, form: Form, description: str | None, of: Convert) -> Any:  # a Strawberry field
    def resolve(root: Any) -> Any:  # the annotation below decides
        value = getattr(of(root), name)
        return value if value is None else form.show(value)

    resolve.__annotations__["return"] = form.shown
    return field(description=description or "")(resolve)


def _optional(form: Form) -> Form:
    return Form(form.shown | None, form.given | None, _unless_none(form.show), _unless_none(form.take))


def _list(form: Form) -> Form:
    return Form(
        list[form.shown],  # type: ignore[name-defined]  # an annotation made here
        list[form.given],  # type: ignore[name-defined]  # as above
        lambda values: [form.show(one) for one in values],
        lambda values: [form.take(one) for one in values],
    )


def _unless_none(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


def _pascal(name: str) -> str:
    return capitalize_first(to_camel_case(name))
