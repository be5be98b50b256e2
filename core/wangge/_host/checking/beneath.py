"""What a programme stands on: the programmes that provide what it requires, and what those require."""

from wangge._host.plugins import BASE, PluginManager


def beneath(manager: PluginManager, slug: str) -> list[str]:
    """Return the slugs of the programmes that one builds on, the base among them, in their order."""
    found, waiting = {BASE}, [slug]
    while waiting:
        for capability in manager.loaded[waiting.pop()].manifest.requires:
            loaded = manager.loaded.items()
            provider = next((name for name, one in loaded if capability in one.manifest.provides), None)
            if provider is not None and provider not in found:
                found.add(provider)
                waiting.append(provider)
    return [name for name in manager.loaded if name in found]
