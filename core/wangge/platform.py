"""What the server lends a request, as the kit knows it; the engine beneath is private."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from wangge.auth.access import Access
from wangge.db.base import Model
from wangge.db.session import Database
from wangge.errors import WanggeError
from wangge.events.outbox import Event

if TYPE_CHECKING:
    from wangge.context import RequestContext

S = TypeVar("S", bound=BaseModel)
V = TypeVar("V")


class Platform(Protocol):
    """What the server lends a request: plugins of the district, settings, messages, databases."""

    def translate(self, error: WanggeError, locale: str) -> str:
        """Return an error's message in a locale."""
        ...

    def settings(self, model: type[S]) -> S:
        """Return the district's values of a settings model."""
        ...

    async def settings_at(self, ctx: "RequestContext", model: type[S], place_id: UUID | None) -> S:
        """Return the values of a settings model at a place of the district."""
        ...

    async def settings_problems(self, ctx: "RequestContext", slug: str) -> Sequence[str]:
        """Return which stored settings of an enabled plugin do not apply, and why."""
        ...

    def settings_schema(self, slug: str) -> str | None:
        """Return the JSON Schema of a plugin's settings as JSON, or None where it has none."""
        ...

    def capability(self, name: str) -> object | None:
        """Return the provider of a capability among the district's enabled plugins."""
        ...

    def plugin_of(self, model: type[Model]) -> str:
        """Return the slug of the district's plugin whose table it is."""
        ...

    def text(self, message: str, locale: str) -> str:
        """Return a plain message in a locale."""
        ...

    async def figures(
        self, ctx: "RequestContext", grid_id: UUID | None, from_: date | None, to: date | None
    ) -> Sequence[tuple[str, Any, Decimal | None]]:  # (slug, Indicator, value)
        """Return the figures that the district's enabled plugins report; one that fails is left out."""
        ...

    def plugins(self) -> Sequence[Any]:  # DistrictPlugin rows of the platform's own types
        """Return the installed plugins with their state in the district."""
        ...

    def node_model(self, type_name: str) -> tuple[type[Model], Access] | None:
        """Return table and access of a node type of the district's schema, by its GraphQL name."""
        ...

    async def follow(
        self,
        ctx: "RequestContext",
        *,
        types: Collection[str] | None,
        place_id: UUID | None,
        after: str | None,
    ) -> AsyncIterator[Event]:
        """Return the district's events from now on, or after a cursor, as far as the caller may see them."""
        ...

    def open(self, *, write: bool) -> AbstractAsyncContextManager[Database]:
        """Open a database session without a scope, reading or writing; nothing is committed."""
        ...

    async def preview_plugin(self, slug: str) -> Any:  # the platform's own PluginPreview
        """Return what enabling a plugin would change in the district; nothing is changed."""
        ...

    async def enable_plugin(self, ctx: "RequestContext", slug: str, fingerprint: str | None) -> None:
        """Enable a plugin in the district: its tables, its personal-data map, its state."""
        ...

    async def resume_plugin(self, ctx: "RequestContext", slug: str) -> None:
        """Switch a suspended plugin on again, over the data that it left."""
        ...

    async def reset_plugin(self, ctx: "RequestContext", slug: str) -> None:
        """Let a plugin that is paused after failures go on in the district."""
        ...

    async def suspend_plugin(self, ctx: "RequestContext", slug: str) -> None:
        """Suspend a plugin in the district; its data stays."""
        ...

    async def export_plugin(
        self, ctx: "RequestContext", slug: str, purpose: str
    ) -> tuple[str, dict[str, int]]:
        """Return a small plugin's rows in the district as JSON, and the rows of each of its tables."""
        ...

    async def purge_plugin(self, ctx: "RequestContext", slug: str, confirmation: str) -> dict[str, int]:
        """Delete all that a suspended plugin has in the district; return the rows of each of its tables."""
        ...

    async def access_changed(self, account_id: UUID) -> None:
        """Forget what the server remembers of an account's roles."""
        ...

    async def recall(self, key: Hashable, load: Callable[[Database], Awaitable[V]]) -> V:
        """Return what the server remembers of the district under a key, or load it."""
        ...

    def changed(self) -> None:
        """Forget what is remembered of the district, because its data changed."""
        ...

    def told(self) -> None:
        """Let those who follow the district's events know that new ones are committed."""
        ...
