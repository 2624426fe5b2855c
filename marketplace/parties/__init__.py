"""Parties: cooperatives, purchasing units, carriers, warehouses, authorities, their people and rights."""
