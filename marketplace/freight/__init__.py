"""Freight: what a parcel costs and how many days it takes, by storage kind, weight and distance."""
