"""The template behind `wangge plugin new`: a complete package, written from a few names."""

from wangge._host.template.choosing import STAND_IN, check_slug, choose_names, default_names
from wangge._host.template.names import Names
from wangge._host.template.rendering import rendered_files, write_package

__all__ = [
    "STAND_IN",
    "Names",
    "check_slug",
    "choose_names",
    "default_names",
    "rendered_files",
    "write_package",
]
