"""Baskets: what a visitor means to buy, before and after signing in."""
