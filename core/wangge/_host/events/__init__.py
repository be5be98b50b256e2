"""Follows the outboxes of districts and hands what is committed to those who subscribed."""

from wangge._host.events.feed import Feed, Follower

__all__ = ["Feed", "Follower"]
