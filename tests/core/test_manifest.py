"""A manifest that breaks a rule is refused with the field and the remedy."""

import pytest

from wangge.errors import PluginError
from wangge.manifest import load_manifest, parse_manifest

GOOD = """
slug = "lamps"
version = "1.0.0"
api = 1
prefix = "Acme"
title = { zh = "路灯", en = "Lamps" }
provides = ["lamps/1"]
requires = ["base/1"]

[permissions."lamps.lamps.read"]
title = { zh = "查看", en = "Read" }
roles = ["grid_worker"]

[[personal_data]]
table = "lamps_reports"
columns = ["phone"]
person_key = "person_id"
purpose = "service"
legal_basis = "consent"
retention = "one year"
on_erase = "delete"
"""


def test_a_whole_manifest_is_read() -> None:
    found = parse_manifest(GOOD, "acme_lamps")

    assert (found.slug, found.version, found.title.zh, found.prefix) == ("lamps", "1.0.0", "路灯", "Acme")
    assert found.permissions["lamps.lamps.read"].roles == ("grid_worker",)
    assert found.personal_data[0].on_erase == "delete"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('slug = "lamps"', "", "slug: Field required"),
        ('slug = "lamps"', 'slug = "La mps"', "slug: Value error, a slug is 3 to 40"),
        ('slug = "lamps"', 'slug = "1amps"', "slug: Value error, a slug is 3 to 40"),
        ('version = "1.0.0"', "version = 1", "version: Input should be a valid string"),
        ("api = 1", "api = 2\nmood = 1", "api: it targets plugin API 2, which wangge"),
        ("api = 1", "api = 0", "it speaks 1: upgrade wangge, or install a release of the plugin"),
        ("api = 1", 'api = "1"', "api: Input should be a valid integer"),
        ('prefix = "Acme"', "", "declares the prefix"),
        ('zh = "路灯"', 'zh = ""', "title.zh: String should have at least 1 character"),
        ('provides = ["lamps/1"]', 'provides = ["lamps"]', "provides: Value error, lamps is not of"),
        (
            'requires = ["base/1"]',
            'requires = ["base/0"]',
            "requires: Value error, base/0 is not of",
        ),
        ('"lamps.lamps.read"', '"other.read"', "the permission other.read must start with lamps."),
        (
            '["grid_worker"]',
            '["mayor"]',
            "lamps.lamps.read.roles: Value error, unknown roles mayor",
        ),
        ('table = "lamps_reports"', 'table = "base_people"', "the table base_people must start with lamps_"),
        ('on_erase = "delete"', 'on_erase = "hide"', "personal_data.0.on_erase: Input should be"),
        ("api = 1", "api = 1\nmood = 1", "mood: Extra inputs are not permitted"),
        ("api = 1", "api = ", "is not TOML"),
    ],
)
def test_each_rule_names_the_field(old: str, new: str, told: str) -> None:
    assert old in GOOD

    with pytest.raises(PluginError) as refused:
        parse_manifest(GOOD.replace(old, new), "acme_lamps")

    assert str(refused.value).startswith("acme_lamps/plugin.toml")
    assert told in str(refused.value)


def test_a_package_without_a_manifest_is_told_to_add_one() -> None:
    with pytest.raises(PluginError, match=r"json has no plugin\.toml: add one beside plugin\.py\."):
        load_manifest("json")
