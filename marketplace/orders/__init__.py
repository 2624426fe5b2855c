"""Orders, lines and fulfilments: what was bought, frozen, and how far each cooperative's part has come."""
