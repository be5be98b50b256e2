"""Processing purposes from a programme's manifest into the district's register."""

from wangge import RequestContext, load_manifest
from wangge_schema.consent.services import PurposeRow, seed_purposes


async def declare_purposes(ctx: RequestContext, package: str) -> None:
    """Bring the register up to the purposes in a package's `plugin.toml`; call it in `on_enable`."""
    manifest = load_manifest(package)
    rows = [
        PurposeRow(
            key=key,
            title_zh=purpose.title.zh,
            title_en=purpose.title.en,
            legal_basis=purpose.legal_basis,
            retention=purpose.retention,
            notice_version=purpose.notice_version,
            needs_consent=purpose.needs_consent,
            plugin=manifest.slug,
        )
        for key, purpose in manifest.purposes.items()
    ]
    await seed_purposes(ctx, rows)
