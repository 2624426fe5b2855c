"""One file for each engine, every one of them used as well as its manual allows."""
