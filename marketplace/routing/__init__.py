"""Routing: which cooperative supplies which line of an order, how it travels, and why."""
