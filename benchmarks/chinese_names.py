"""Names such as a province's registers hold, made in a fixed order: units, teams, sites and persons."""

from __future__ import annotations

from zlib import crc32

PLACES = "海江河湖山林石泉平安宁定昌兴永和新东西南北上下龙凤金银铁玉沙港州阳阴清长丰乐青白黄红云华文武明仁义德康福寿"
STREETS = (
    "城关",
    "解放",
    "滨河",
    "工业",
    "古楼",
    "站前",
    "花园",
    "柳树",
    "桥头",
    "双井",
    "大营",
    "三里",
    "五星",
    "前进",
    "友谊",
    "胜利",
)
UNITS = (
    "应急管理局",
    "消防救援大队",
    "人民医院",
    "第一小学",
    "实验中学",
    "卫生院",
    "危险化学品有限公司",
    "化工有限公司",
    "机械制造厂",
    "社区居民委员会",
    "村民委员会",
    "物资储备库",
    "应急避难场所",
    "供电公司",
    "水务集团",
    "公安分局",
    "派出所",
    "中心幼儿园",
    "粮食储备库",
    "矿山救护队",
    "建筑工程公司",
    "物流园",
    "加油站",
    "污水处理厂",
)
TEAMS = (
    "综合应急救援队",
    "危化品救援队",
    "矿山救护队",
    "森林消防队",
    "水上救援队",
    "民兵应急分队",
    "医疗救护队",
    "电力抢修队",
    "志愿服务队",
)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
    "汤单解仇区查"
)
GIVEN = (
    "伟芳娜敏静秀娟英华慧巧美淑惠珠翠雅芝玉萍红娥玲芬燕彩春菊兰凤洁梅琳素云莲真环雪荣爱妹霞香月莺媛艳瑞凡"
    "佳嘉琼勤珍贞莉桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑"
    "婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希宁欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思"
    "丽刚勇毅俊峰强军平保东文辉力明永健世广志义兴良海山仁波宁贵福生龙元全国胜学祥才发武新利清飞彬富顺信子"
    "杰涛昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆磊民友裕河哲江超浩亮"
    "政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行时泰盛雄琛钧冠策腾楠榕风航"
    "弘"
)


def pick(words: str | tuple[str, ...], purpose: str, number: int) -> str:
    return words[crc32(f"{purpose}:{number * 2654435761 % 4294967296}".encode()) % len(words)]


def place(number: int) -> str:
    """Return the name of a county by its number; a hundred of them are different."""
    second = PLACES[(number * 7 + number // len(PLACES) + 11) % len(PLACES)]
    return f"{PLACES[number % len(PLACES)]}{second}{'县市区'[number % 3]}"


def name(number: int, county: int) -> str:
    """Return the name of the record with that number in a county."""
    kind = number % 4
    if kind == 0:
        return (
            f"{pick(SURNAMES, 's', number)}{pick(GIVEN, 'a', number)}{pick(GIVEN, 'b', number) if number % 5 else ''}"
        )
    street = pick(STREETS, "t", number)
    serial = number // 4 % 400 + 1
    if kind == 1:
        return f"{place(county)}{street}{pick(TEAMS, 'k', number)}"
    if kind == 2:
        return f"{place(county)}{street}第{serial}{pick(UNITS, 'u', number)}"
    return f"{pick(PLACES, 'x', number)}{pick(PLACES, 'y', number)}{street}{pick(UNITS, 'v', number)}"
