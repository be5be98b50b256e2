"""What can be done, by subject. Each service checks permission, applies the rules, writes, and never commits.

Rows are locked in one order everywhere, so that no two requests wait for each other: volunteer, order, shift,
service record, redemption, reward, points account; several accounts in the order of their volunteers.
"""
