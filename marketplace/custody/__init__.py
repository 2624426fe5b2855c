"""Custody: who had the goods when, how cold they were and who signed, from pack-house to door."""
