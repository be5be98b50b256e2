"""Synthetic residents of a demo district: nobody in them exists."""

from wangge_schema.people.demo.residents import demo_people

__all__ = ["demo_people"]
