"""Fences around what is no field: working hooks, figures, and what a programme provides to others."""

from collections.abc import Awaitable, Callable, Mapping
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, TypeVar

from wangge._host.fences.breakers import Side
from wangge._host.fences.calls import Call, Caller, Waiting
from wangge._host.plugins import BASE

if TYPE_CHECKING:
    from wangge._host.runtime import DistrictRuntime

T = TypeVar("T")


async def run_hook(
    district: "DistrictRuntime",
    slug: str,
    what: str,
    work: Callable[[], Awaitable[T]],
    *,
    who: Caller | None = None,
    seconds: float | None = None,
    side: Side = Side.HOOKS,
    always: bool = False,
) -> T:
    """Run work of a programme and return what it returns.

    Args:
        district: where it works.
        slug: whose work it is; the base programme's is run as it is.
        what: names it in the log and to the caller.
        work: called once.
        who: the request it is part of, if it is one's.
        seconds: it may take so long; otherwise as long as a hook.
        side: whose breaker counts.
        always: even while that is open, because an administrator asks for just this.

    Raises:
        PluginFailed: when it fails in a way that the programme answers for, or takes too long.
        PluginPaused: when its breaker is open.
    """
    if slug == BASE:
        return await work()
    fences = district.fences
    who = who or Caller(fences)
    if not always:
        who.check(slug, side, what)
    call = Call(fences, who, slug, side, what, seconds or fences.hook_seconds)
    done: T = await Waiting(call, call.run(work))
    return done


def provided(slug: str, capability: str, provider: object, who: Caller) -> object:
    """Return a provider of a capability so that what fails in it is its own programme's failure."""
    if slug == BASE or isinstance(provider, str | int | Mapping | tuple | list):
        return provider
    return _Provided(provider, slug, capability, who)


class _Provided:
    """Stands before a provider: its methods are fenced, the rest is as it is."""

    def __init__(self, provider: Any, slug: str, capability: str, who: Caller) -> None:
        self._provider = provider
        self._slug = slug
        self._capability = capability
        self._who = who

    @property  # type: ignore[misc]  # so that `isinstance` asks the provider
    def __class__(self) -> type:
        """The provider's class."""
        return type(self._provider)

    def __getattr__(self, name: str) -> Any:  # whatever the provider has
        found = getattr(self._provider, name)
        return self._fenced(found, f"{self._capability} {name}") if callable(found) else found

    def __call__(self, *args: Any, **options: Any) -> Any:  # a provider may be a function
        return self._fenced(self._provider, self._capability)(*args, **options)

    def _fenced(self, work: Callable[..., Any], what: str) -> Callable[..., Any]:
        who, slug = self._who, self._slug

        def begun(args: Any, options: Any) -> tuple[Call, Any]:
            who.check(slug, Side.HOOKS, what)
            seconds = who.fences.seconds / 2  # the time of whoever asks runs, too
            call = Call(who.fences, who, slug, Side.HOOKS, what, seconds)
            return call, call.run(work, *args, **options)

        async def later(*args: Any, **options: Any) -> Any:
            return await Waiting(*begun(args, options))

        def now(*args: Any, **options: Any) -> Any:
            call, value = begun(args, options)
            return Waiting(call, value) if hasattr(value, "__await__") else value

        return later if iscoroutinefunction(work) else now
