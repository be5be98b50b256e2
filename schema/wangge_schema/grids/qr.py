"""Draws QR anchors: the address that a code opens, and its image."""

import segno


def anchor_url(template: str, *, district: str, token: str) -> str:
    """Return the address of an anchor: the district's template with its two fields filled in."""
    return template.replace("{district}", district).replace("{token}", token)


def anchor_svg(url: str) -> str:
    """Return an SVG image of a QR code for `url`, with error correction for codes that hang outdoors."""
    return str(segno.make(url, error="q", micro=False).svg_inline(scale=4, border=4))
