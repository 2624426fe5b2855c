"""Payment: attempts to pay, money received, money given back, and what processors said."""
