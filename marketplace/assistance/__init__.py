"""Assistance: countable entries, counting rules, exact totals, and their proof from the orders."""
