"""Search beside its rivals: the same tokens, the same requests, equal totals, CPU time within one run."""
