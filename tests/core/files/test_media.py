"""What a file is, its bytes say: names and headers of clients count for nothing."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge._host.files.media import CSV, GIF, JPEG, KNOWN, PDF, PNG, WEBP, XLSX, media_type_of


def archive(*names: str) -> bytes:
    """Return a ZIP archive with these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return made.getvalue()


WORKBOOK = ("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("content", "name", "media"),
    [
        (b"\xff\xd8\xff\xe0rest", "a.txt", JPEG),
        (b"\x89PNG\r\n\x1a\nrest", "a.exe", PNG),
        (b"GIF89arest", "a", GIF),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a", WEBP),
        (b"%PDF-1.7 rest", "a", PDF),
        (archive(*WORKBOOK), "a", XLSX),
        (archive(*WORKBOOK, "xl/vbaProject.bin"), "a.xlsx", None),
        (archive("word/document.xml", "[Content_Types].xml"), "a.xlsx", None),
        (b"PK\x03\x04 broken", "a.xlsx", None),
        ("姓名,电话\r\n陈安,1\n".encode(), "a.csv", CSV),
        ("姓名,电话\n".encode("gb18030"), "a.CSV", CSV),
        (b"a,b\n", "a.txt", None),
        (b"a\x00b", "a.csv", None),
        (b"\xff\xff\xff", "a.csv", None),
        (b"  <html><script>", "a.csv", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", None),
        (b"MZ\x90\x00", "a.png", None),
        (b"RIFF\x10\x00\x00\x00WAVE", "a.webp", None),
    ],
)
def test_a_file_is_told_by_its_bytes(content: bytes, name: str, media: str | None) -> None:
    assert media_type_of(content, name) == media


@given(
    st.binary(max_size=200), st.sampled_from(["a.csv", "a.xlsx", "a"]), st.sampled_from([b"", b"PK\x03\x04"])
)
def test_whatever_comes_is_told_or_refused(content: bytes, name: str, start: bytes) -> None:
    assert media_type_of(start + content, name) in {None, *KNOWN}
