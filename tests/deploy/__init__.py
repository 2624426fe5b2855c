"""The marketplace as it is installed and run: processes that start, die and end, and the wheel."""
