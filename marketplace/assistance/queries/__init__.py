"""Reads of the assistance record: totals that are exact at every moment, and the entries behind them."""

from marketplace.assistance.queries.entries import (
    each_line,
    entries_of_line,
    entries_of_order,
    get_entry,
    lines,
    standing_by,
    sum_of_lines,
    sums_by_stage,
)
from marketplace.assistance.queries.totals import (
    cells,
    find_rule,
    find_target,
    list_rules,
    pairings_in_doubt,
    selection_in,
    tables,
    totals,
    unfolded_count,
)

__all__ = [
    "cells",
    "each_line",
    "entries_of_line",
    "entries_of_order",
    "find_rule",
    "find_target",
    "get_entry",
    "lines",
    "list_rules",
    "pairings_in_doubt",
    "selection_in",
    "standing_by",
    "sum_of_lines",
    "sums_by_stage",
    "tables",
    "totals",
    "unfolded_count",
]
