"""Commands of the operator and the developer: flask catalogue, demo, search, assistance and their kin."""
