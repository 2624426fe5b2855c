"""Reviews: what buyers say of goods they have received."""
