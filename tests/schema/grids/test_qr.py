"""QR anchors are drawn for the address that the district has set."""

import pytest
from pydantic import ValidationError

from wangge_schema.grids.qr import anchor_svg, anchor_url
from wangge_schema.grids.settings import GridSettings


def test_the_address_is_the_districts_template_filled_in() -> None:
    template = "https://example.org/{district}/where?t={token}&x={other}"

    url = anchor_url(template, district="370703", token="abc")

    assert url == "https://example.org/370703/where?t=abc&x={other}"


def test_the_image_is_svg_and_the_same_each_time() -> None:
    image = anchor_svg("https://example.org/370703/qr/abc")

    assert image.startswith("<svg")
    assert image.endswith("</svg>")
    assert image == anchor_svg("https://example.org/370703/qr/abc")
    assert image != anchor_svg("https://example.org/370703/qr/abd")


def test_a_range_of_sizes_upside_down_is_refused() -> None:
    assert GridSettings().grid_households_low == 300
    with pytest.raises(ValidationError, match="must not exceed"):
        GridSettings(grid_households_low=401)
