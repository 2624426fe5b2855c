"""Characters that are goods by themselves, in words that nobody knows: 茶 in 明前茶, 鸡 in 鸡爪."""

# Of a longer word only the last says what it is: 折耳根 is no 耳, 老干妈 nothing that is dried.
_GOODS = frozenset(
    "茶米面粉鸡鸭鹅鱼蟹牛羊猪肉肠蛋姜蒜椒菇菌笋菜瓜豆薯葱果梨李桃柚橘桔柑橙蕉莓枣杏油蜜醋酱酒汁花药参笛箫"
)
_SHORT = 2


def goods_within(word: str) -> tuple[str, ...]:
    """Return the characters of a word that may be what it is: the last, or either of two."""
    looked_at = word if len(word) <= _SHORT else word[-1:]
    return tuple(one for one in dict.fromkeys(looked_at) if is_good(one))


def is_good(character: str) -> bool:
    """Tell whether a character says which goods are meant: 茶 does, 老 and 干 do not."""
    return character in _GOODS
