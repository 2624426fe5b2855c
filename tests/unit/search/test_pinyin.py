"""Names are read as the places say them: every county, every product, and what people type of them."""

import csv
from functools import cache

import pytest

from marketplace.kernel.paths import CATALOG_DATA
from marketplace.search.language import INITIALS, PINYIN, Language
from marketplace.search.lexicon import make_language
from marketplace.search.pinyin import blurred, fold, is_spelled

# All 88 counties as they are called there, written down by hand.
COUNTIES = """
南明 nan ming 云岩 yun yan 花溪 hua xi 乌当 wu dang 白云 bai yun 观山湖 guan shan hu 开阳 kai yang
息烽 xi feng 修文 xiu wen 清镇 qing zhen 钟山 zhong shan 六枝 liu zhi 水城 shui cheng 盘州 pan zhou
红花岗 hong hua gang 汇川 hui chuan 播州 bo zhou 桐梓 tong zi 绥阳 sui yang 正安 zheng an 道真 dao zhen
务川 wu chuan 凤冈 feng gang 湄潭 mei tan 余庆 yu qing 习水 xi shui 赤水 chi shui 仁怀 ren huai
西秀 xi xiu 平坝 ping ba 普定 pu ding 镇宁 zhen ning 关岭 guan ling 紫云 zi yun
七星关 qi xing guan 大方 da fang 金沙 jin sha 织金 zhi jin 纳雍 na yong 威宁 wei ning 赫章 he zhang
黔西 qian xi 碧江 bi jiang 万山 wan shan 江口 jiang kou 玉屏 yu ping 石阡 shi qian 思南 si nan
印江 yin jiang 德江 de jiang 沿河 yan he 松桃 song tao 兴义 xing yi 兴仁 xing ren 普安 pu an
晴隆 qing long 贞丰 zhen feng 望谟 wang mo 册亨 ce heng 安龙 an long 凯里 kai li 黄平 huang ping
施秉 shi bing 三穗 san sui 镇远 zhen yuan 岑巩 cen gong 天柱 tian zhu 锦屏 jin ping 剑河 jian he
台江 tai jiang 黎平 li ping 榕江 rong jiang 从江 cong jiang 雷山 lei shan 麻江 ma jiang 丹寨 dan zhai
都匀 du yun 福泉 fu quan 荔波 li bo 贵定 gui ding 瓮安 weng an 独山 du shan 平塘 ping tang
罗甸 luo dian 长顺 chang shun 龙里 long li 惠水 hui shui 三都 san du
"""
# Longer names in which a general dictionary errs, or might.
COMPOUNDS = {
    "长顺苹果": "chang shun ping guo",
    "都匀红茶": "du yun hong cha",
    "三都水晶葡萄": "san du shui jing pu tao",
    "刺梨果脯": "ci li guo fu",
    "道真玄参": "dao zhen xuan shen",
    "威宁党参": "wei ning dang shen",
    "施秉太子参": "shi bing tai zi shen",
    "安顺地戏": "an shun di xi",
    "重安江鱼": "chong an jiang yu",
    "长顺绿壳鸡蛋": "chang shun lu ke ji dan",
    "薄皮核桃": "bao pi he tao",
    "马尾绣": "ma wei xiu",
    "关岭桔梗": "guan ling jie geng",
    "黔西南布依族苗族自治州": "qian xi nan bu yi zu miao zu zi zhi zhou",
}


def rows(name: str) -> list[dict[str, str]]:
    with (CATALOG_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counties() -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for word in COUNTIES.split():
        if word.isascii():
            found[name] = f"{found[name]} {word}".strip()
        else:
            name = word
            found[name] = ""
    return found


def characters(name: str) -> str:
    return "".join(one for one in name if "\u4e00" <= one <= "\u9fff")


@cache
def language() -> Language:
    return make_language()[0]


def test_the_counties_written_down_are_all_there_are() -> None:
    named = {row["short_name_zh"] for row in rows("divisions.csv") if row["level"] == "county"}
    assert set(counties()) == named
    assert len(named) == 88


@pytest.mark.parametrize(("name", "reading"), counties().items())
def test_a_county_is_read_as_it_is_called_there(name: str, reading: str) -> None:
    assert " ".join(language().read(name)) == reading
    assert PINYIN + reading.replace(" ", "") in language().name_shares(name)


@pytest.mark.parametrize("row", rows("products.csv"), ids=lambda row: row["slug"])
def test_a_product_is_read_as_the_catalogue_says(row: dict[str, str]) -> None:
    reading = [fold(syllable) for syllable in row["pinyin"].split()]
    name = characters(row["name_zh"])
    assert list(language().read(name)) == reading
    county = next(one for one in rows("divisions.csv") if one["code"] == row["county_code"])["short_name_zh"]
    if name.startswith(county):
        assert " ".join(reading).startswith(counties()[county])
    shares = language().name_shares(name)
    assert PINYIN + "".join(reading[:10]) in shares
    assert INITIALS + "".join(syllable[0] for syllable in reading[:10]) in shares


@pytest.mark.parametrize(("name", "reading"), COMPOUNDS.items())
def test_a_longer_name_keeps_the_readings_within_it(name: str, reading: str) -> None:
    assert " ".join(language().read(name)) == reading


def test_a_new_product_is_found_by_the_reading_it_states() -> None:
    assert PINYIN + "xinlucha" in language().name_shares("新绿茶", "xin lv cha")
    assert PINYIN + "lezhijiang" in language().name_shares("乐治姜", "le zhi jiang")
    assert PINYIN + "yuezhijiang" in language().name_shares("乐治姜", "yue zhi jiang")


@pytest.mark.parametrize("typed", ["lvcha", "lucha", "lücha"])
def test_every_keyboard_writes_green_tea(typed: str) -> None:
    assert fold(typed) == "lucha"


@pytest.mark.parametrize("letters", ["duyun", "maojian", "a", "xian", "zhuang", "wengan", "lucha"])
def test_pinyin_looks_like_pinyin(letters: str) -> None:
    assert is_spelled(letters)


@pytest.mark.parametrize("letters", ["", "fruit", "mht", "dymj", "kiwi1", "zzzz"])
def test_other_letters_do_not(letters: str) -> None:
    assert not is_spelled(letters)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("zusun", "zhusun"),
        ("zijinzusun", "zhijinzhusun"),
        ("tianma", "tiangma"),
        ("niping", "liping"),
        ("foulongguo", "houlongguo"),
        ("cishui", "chishui"),
    ],
)
def test_who_does_not_tell_sounds_apart_still_spells_a_name(typed: str, meant: str) -> None:
    assert meant in set(blurred(typed))
