"""Parties: cooperatives, purchasing units, carriers, warehouses, authorities, their people and what these may do."""
