"""Transparency: one ever-growing log of leaf hashes with signed heads; nobody rewrites what happened."""
