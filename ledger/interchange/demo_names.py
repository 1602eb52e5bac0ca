"""Invented names: a surname of the Hundred Surnames with neighbours from the Thousand Character Classic."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣"
)
DOUBLE_SURNAMES = ("司马", "上官", "欧阳", "夏侯", "诸葛", "闻人", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐")
CLASSIC = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰菜重芥姜"
    "海咸河淡鳞潜羽翔龙师火帝鸟官人皇始制文字乃服衣裳推位让国有虞陶唐坐朝问道垂拱平章爱育黎首臣伏遐迩率宾归王鸣凤在竹白驹食场化被草木"
    "赖及万方恭惟鞠养知过必改得能莫忘罔谈彼短靡恃己长信使可覆器欲难量墨悲丝染诗赞羔羊景行维贤克念作圣德建名立形端表正空谷传声虚堂习听"
    "资父事君曰严与敬孝当竭力忠则尽命临深履薄夙兴温清似兰斯馨如松之盛川流不息渊澄取映容止若思言辞安定笃初诚美慎终宜令荣业所基籍甚无竟"
    "学优登仕摄职从政存以甘棠去而益咏乐殊贵贱礼别尊卑上和下睦夫唱妇随外受傅训入奉母仪诸姑伯叔犹子比儿孔怀兄弟同气连枝交友投分切磨箴规"
    "仁慈隐恻造次弗离节义廉退颠沛匪亏性静情逸心动神疲守真志满逐物意移坚持雅操好爵自縻"
)
UNLUCKY = frozenset(
    "罔靡恃悲染空虚薄无竟贱卑亏疲离退颠沛隐恻去忘短欲难覆鞠曰终尽命彼己父母姑伯叔儿妇夫弗匪被荒食官帝臣"
)


def given_names() -> list[str]:
    """Pairs of neighbouring characters that a parent might choose."""
    pairs = [CLASSIC[at : at + 2] for at in range(0, len(CLASSIC) - 1, 2)]
    return sorted({pair for pair in pairs if not set(pair) & UNLUCKY})


class Names:
    """Deals out names; a name comes twice only when the pool is used up."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given = given_names()
        self._used: set[str] = set()

    def next(self) -> str:
        """A name not dealt out before."""
        name = self._drawn()
        for _ in range(50):
            if name not in self._used:
                break
            name = self._drawn()
        self._used.add(name)
        return name

    def _drawn(self) -> str:
        surname = self._rng.choice(DOUBLE_SURNAMES if self._rng.random() < 0.012 else SURNAMES)
        given = self._rng.choice(self._given)
        return surname + (given[0] if self._rng.random() < 0.12 else given)
