"""Background work: the names that rooms enqueue, and what runs on a schedule."""
