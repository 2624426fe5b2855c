"""English words, compared without their plural."""

# What a rule for the ending would get wrong.
_SINGULAR = {
    "chilies": "chili",
    "chillies": "chilli",
    "cookies": "cookie",
    "leaves": "leaf",
    "geese": "goose",
}
_SHORTEST = 4
# Words that say nothing about goods.
SMALL_WORDS = frozenset({"a", "an", "and", "buy", "for", "from", "in", "of", "or", "the", "to", "with"})


def singular(word: str) -> str:
    """Return a word without its plural: cherries is cherry, radishes radish, eggs egg; glass stays."""
    known = _SINGULAR.get(word)
    if known is not None:
        return known
    if len(word) < _SHORTEST or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "oes", "sses")):
        return word[:-2]
    return word[:-1]
