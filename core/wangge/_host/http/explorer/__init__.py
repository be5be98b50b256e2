"""The page that browsers are shown, with its files: nothing comes from elsewhere, nothing runs inline."""

from wangge._host.http.explorer.assets import Assets
from wangge._host.http.explorer.page import DemoTokens, Explorer

__all__ = ["Assets", "DemoTokens", "Explorer"]
