"""The edge to the outside: engines, processors and carriers behind the rooms' ports."""
