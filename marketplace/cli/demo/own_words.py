"""What the demonstration's cooperatives write of their own goods and of themselves; all invented （演示）."""

from marketplace.catalogue.types import GoodsContent, PackContent, StoryContent

FISH = "稻田鱼干（演示）"
NOTE = "照片看不清果子，请补一张近照；介绍里写明几月到几月有鲜果（演示）。"
MORE_OF_RICE = "\n\n今年新增礼盒装，送人也体面；也可以磨粉做糕。"

RED_RICE = GoodsContent(
    name="加榜梯田红米（演示）",
    name_en="Jiabang terrace red rice (demonstration)",
    county_code="522633",
    industry_code="",
    aisle_code="grain",
    product_form="primary_plant",
    picture_kind="rice",
    storage_code="dry_ambient",
    shelf_life_days=365,
    harvest_months=(9, 10),
    sale_months=(1, 2, 3, 9, 10, 11, 12),
    description="加榜梯田一年一季的老红米，海拔八百米，人背牛耕，不打除草剂。米粒细长，煮出来粒粒分开，有淡淡的坚果香。"
    "\n\n和白米各半煮饭最好，提前泡半小时；煮粥软糯，颜色像茶汤。",
    description_en="Old red rice from the Jiabang terraces, one harvest a year. Nutty and loose when boiled; "
    "best mixed half and half with white rice.",
    keywords=("红米", "糙米", "梯田米"),
    packs=(
        PackContent(
            pack="真空袋 2.5 千克",
            pack_en="Vacuum bag, 2.5 kg",
            unit_code="bag",
            net_weight_g=2500,
            price_fen=5800,
        ),
        PackContent(
            pack="真空袋 5 千克",
            pack_en="Vacuum bag, 5 kg",
            unit_code="bag",
            net_weight_g=5000,
            price_fen=10800,
        ),
    ),
)
GIFT_PACK = PackContent(pack="礼盒 3 千克", pack_en="", unit_code="box", net_weight_g=3000, price_fen=9800)
ORANGES = GoodsContent(
    name="从江树上脐橙（演示）",
    name_en="Congjiang tree-ripe navel oranges (demonstration)",
    county_code="522633",
    industry_code="fruit",
    aisle_code="fruit",
    product_form="primary_plant",
    picture_kind="navel_orange",
    storage_code="fruit_cold",
    shelf_life_days=30,
    harvest_months=(12, 1),
    sale_months=(11, 12, 1, 2),
    description="等到霜降以后才采的脐橙，树上多挂二十天，甜里带香。采下当天装箱，不打蜡，不催熟。\n\n先订后采，按订单上树。",
    description_en="Navel oranges left on the tree past the first frost; picked to order, unwaxed.",
    keywords=("脐橙", "橙子", "预售"),
    packs=(
        PackContent(
            pack="箱装 5 千克", pack_en="Case, 5 kg", unit_code="case", net_weight_g=5000, price_fen=7600
        ),
    ),
)
CLOTH = GoodsContent(
    name="侗布蜡染餐垫（演示）",
    name_en="Kam batik place mats (demonstration)",
    county_code="522633",
    aisle_code="craft",
    product_form="craft",
    picture_kind="bamboo_ware",
    storage_code="craft",
    sale_months=tuple(range(1, 13)),
    description="蓝靛染的土布，一笔一画点蜡，四张一套，每张花纹都不一样。冷水手洗，不要漂白。",
    description_en="Indigo-dyed homespun place mats, drawn in wax by hand; four to a set, no two alike.",
    keywords=("蜡染", "餐垫"),
    packs=(
        PackContent(
            pack="一套四张", pack_en="Set of four", unit_code="set", net_weight_g=400, price_fen=12800
        ),
    ),
)
CILI = GoodsContent(
    name="水城高山刺梨鲜果（演示）",
    county_code="520204",
    industry_code="",
    aisle_code="fruit",
    product_form="primary_plant",
    picture_kind="cili_fresh",
    storage_code="fruit_cold",
    harvest_months=(8, 9, 10),
    sale_months=(8, 9, 10),
    description="海拔一千六百米的刺梨，酸甜带涩，泡水榨汁都好，鲜果只有秋天有。",
    packs=(PackContent(pack="盒装 1.5 千克", unit_code="box", net_weight_g=1500, price_fen=3900),),
)
HONEY = GoodsContent(
    name="修文山花土蜂蜜（演示）",
    county_code="520123",
    aisle_code="tonic",
    product_form="prepackaged",
    picture_kind="honey",
    storage_code="liquid_ambient",
    sale_months=tuple(range(1, 13)),
    allergens=("nut",),
    description="深山里的中蜂，一年割一次。入冬会结晶，温水化开就行，不要用开水冲。",
    packs=(PackContent(pack="玻璃瓶 500 克", unit_code="bottle", net_weight_g=500, price_fen=6800),),
)
STORY_CONGJIANG = StoryContent(
    title="月亮山下的红米人家（演示）",
    title_en="Red rice under the Moon Mountain (demonstration)",
    text="合作社在月亮山下，一百二十户人家种着祖上传下来的梯田。田埂窄，机器进不去，犁田靠牛，收割靠镰刀。"
    "\n\n红米产量低，前些年没人愿意种。后来我们把老种子收集回来，一户一户地试，现在有四百亩。"
    "\n\n每一袋米都写着哪一片田、哪一天收。",
    text_en="A hundred and twenty families keep the terraces of their forebears under the Moon Mountain. "
    "The banks are too narrow for machines: oxen plough, sickles reap."
    "\n\nRed rice yields little and was nearly given up; the old seed was gathered again, house by house.",
)
STORY_SHUICHENG = StoryContent(
    title="凉都坡地上的红心果（演示）",
    title_en="Red-fleshed kiwis on cool slopes (demonstration)",
    text="水城夏天只有二十来度，红心猕猴桃长得慢，糖分积得足。\n\n我们按糖度一棵一棵地采，不到标准不下树；采下六小时内进冷库。",
    text_en="Summers here stay near twenty degrees: the fruit grows slowly and sweetens well.",
)
STORY_XIUWEN = StoryContent(
    title="阳明洞旁的果园（演示）",
    title_en="",
    text="果园在修文的龙场，离阳明洞不远。老乡们从二十棵苗种起，如今家家有果园，孩子们放学就来帮着套袋。",
)
STORY_COUNTY = StoryContent(
    title="从江：稻、鱼、鸭长在一块田里（演示）",
    title_en="Congjiang: rice, fish and ducks in one field (demonstration)",
    text="春天放鱼苗，夏天放小鸭，秋天一起收：从江的侗乡人一块田里养出三样东西，田不用药，鱼鸭也不用喂。"
    "\n\n香禾糯、椪柑、香猪、田鱼，都是这样的山水里长出来的。",
    text_en="Fry in spring, ducklings in summer, all harvested in autumn: three foods from one field, "
    "without chemicals.",
)
