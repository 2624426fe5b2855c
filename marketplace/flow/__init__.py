"""Use cases that cross rooms, one file each, read like sentences."""
