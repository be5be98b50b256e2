"""Volunteer points (志愿积分): orders, activities, confirmed hours, a points ledger and rewards."""
