"""The text engine on Whoosh: its schema, dictionary, postings, segments, locks and commits.

Postings are decoded block by block into arrays and kept, bounded in bytes, as long as their segment lives;
the manual's own scoring, sorting and grouping would cost hundreds of times more. The index is a cache of the
database. It holds pickles: the directory is its owner's alone.
"""

from marketplace.adapters.whoosh_text.engine import WhooshText

__all__ = ["WhooshText"]
