"""What the demonstration's buyers searched for in its last two weeks: what many ask, what nobody sells."""

from datetime import timedelta
from functools import partial

from marketplace.cli.demo.stage import Stage
from marketplace.search import service
from marketplace.search.asked import countable
from marketplace.search.types import AskedKey, Outcome

DAYS = 14
# How often each is asked on an ordinary day.
_ASKED = {
    Outcome.FOUND: {
        "猕猴桃": 9,
        "刺梨汁": 7,
        "都匀毛尖": 6,
        "织金竹荪": 4,
        "酸汤": 4,
        "香禾糯": 3,
        "天麻": 2,
    },
    Outcome.RELAXED: {"猕猴桃干": 2, "毛尖茶叶礼盒装": 1},
    Outcome.NOTHING: {"榴莲": 3, "车厘子": 2, "三文鱼": 1},
}
_ENGLISH = {Outcome.FOUND: {"kiwifruit": 3, "green tea": 3, "rice": 1}, Outcome.NOTHING: {"durian": 1}}


def ask(stage: Stage) -> None:
    """Count two weeks of searches, each day as its evening's tally."""
    for ago in range(DAYS - 1, -1, -1):
        day = stage.last - timedelta(days=ago)
        stage.at(day, 21)
        counts = {
            AskedKey(day, query, language, outcome): times + stage.chance.randrange(times + 2)
            for language, asked in (("zh-Hans", _ASKED), ("en", _ENGLISH))
            for outcome, words in asked.items()
            for typed, times in words.items()
            if (query := countable(typed)) is not None
        }
        stage.write(partial(service.count_asked, counts=counts))
