"""Tells what a file is by its bytes; what a client says of it counts for nothing."""

import io
import re
import zipfile
from typing import Final

JPEG, PNG, GIF, WEBP = "image/jpeg", "image/png", "image/gif", "image/webp"
PDF, CSV = "application/pdf", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KNOWN: Final = (JPEG, PNG, GIF, WEBP, PDF, XLSX, CSV)
"""What the server can tell apart; a setting says which of them it takes."""

_STARTS: Final = {
    b"\xff\xd8\xff": JPEG,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"GIF87a": GIF,
    b"GIF89a": GIF,
    b"%PDF-": PDF,
}
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def media_type_of(content: bytes, name: str) -> str | None:
    """Return what a file is, or None where it is none of what is known."""
    for start, media in _STARTS.items():
        if content.startswith(start):
            return media
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[:4] == b"PK\x03\x04":
        return XLSX if _is_workbook(content) else None
    return CSV if name.lower().endswith(".csv") and _is_text(content) else None


def _is_workbook(content: bytes) -> bool:
    """Say whether a ZIP archive is a workbook without macros; nothing of it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {one.lower() for one in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    macros = any(name.endswith("vbaproject.bin") for name in names)
    return {"[content_types].xml", "xl/workbook.xml"} <= names and not macros


def _is_text(content: bytes) -> bool:
    """Say whether a table of text is one, in UTF-8 or GB 18030, and no page or script in disguise."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not _CONTROLS.search(text) and not text.lstrip().startswith(("<", "#!"))
    return False
