"""The history of the tables, one file a room, run as the role that owns them."""
