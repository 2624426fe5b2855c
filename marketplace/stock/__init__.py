"""Stock: how much of each lot there is, who holds it and why it moved; the only place that counts."""
