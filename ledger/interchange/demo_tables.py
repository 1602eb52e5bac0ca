"""The invented county's towns, organs, institutions and offices, as plain tables. Nothing here is a real place."""

from __future__ import annotations

TOWNS = (
    ("Z02", "柳湾镇"),
    ("Z03", "石鼓镇"),
    ("Z04", "松岭镇"),
    ("Z05", "白鹭镇"),
    ("Z06", "枫桥铺镇"),
    ("Z07", "龙泉埠镇"),
    ("Z08", "双塘镇"),
    ("Z09", "竹园乡"),
    ("Z10", "云台乡"),
    ("Z11", "金沙渡镇"),
    ("Z12", "麻坪镇"),
    ("Z13", "小麻溪乡"),
)
"""Z13 is merged into Z12 in 2016."""

TOWN_OFFICES = (
    ("DZ", "党政办公室", "administrative", 7),
    ("RD", "人大政协工作办公室", "administrative", 2),
    ("JF", "经济发展和镇村建设管理办公室", "administrative", 5),
    ("WW", "维护稳定办公室", "administrative", 4),
    ("XJ", "宣传科教文卫办公室", "administrative", 4),
    ("NZ", "农业综合服务站", "public_institution", 8),
    ("SB", "社会保障服务站", "public_institution", 6),
    ("GS", "公用事业服务站", "public_institution", 5),
    ("SL", "水利管理站", "public_institution", 3),
    ("BM", "便民服务中心", "public_institution", 4),
    ("JS", "计划生育服务站", "public_institution", 0),
)
TOWN_LEADERS = (
    ("党委书记", True),
    ("镇长", True),
    ("人大主席", True),
    ("党委副书记", True),
    ("纪委书记", True),
    ("组织委员", True),
    ("宣传统战委员", True),
    ("副镇长(农业)", True),
    ("副镇长(城建)", True),
    ("武装部长", False),
)
TOWN_RANK = "乡科级"
ORGAN_RANKS = ("正科级", "副科级", "副科级")
"""The head of a county organ, the first deputy, and a deputy."""
HEADS = {
    "XCB": "部长",
    "TZB": "部长",
    "ZFW": "书记",
    "TXW": "书记",
    "FYU": "院长",
    "JCY": "检察长",
    "RDB": "主任",
    "ZXB": "主任",
    "ZFB": "主任",
    "BZB": "主任",
    "ZWJ": "主任",
    "ZGH": "主席",
    "FLH": "主席",
    "KXH": "主席",
    "CLH": "理事长",
}
"""What the head of an organ is called where it is not 局长."""

ORGANS = """\
RDB|县人大常委会办公室|organ|administrative:22,support:2|秘书科,法制工作室,代表联络室
ZXB|县政协办公室|organ|administrative:18,support:2|秘书科,提案委员会办公室,文史科
ZFB|县人民政府办公室|organ|administrative:34,support:4|秘书一股,秘书二股,督查室,信息股,机关后勤股
XCB|县委宣传部|organ|administrative:18|办公室,理论股,新闻股,文明创建股
TZB|县委统战部|organ|administrative:12|办公室,民族宗教股
ZFW|县委政法委员会|organ|administrative:16|办公室,综治督导股,执法监督股
BZB|县委机构编制委员会办公室|organ|administrative:10|综合股,机构编制股,事业单位登记股
GAJ|县公安局|organ|political_legal:214,support:8|指挥中心,政治处,治安大队,刑侦大队,交通警察大队,法制大队,看守所
FYU|县人民法院|organ|political_legal:62,support:3|立案庭,刑事审判庭,民事审判庭,执行局,政治处
JCY|县人民检察院|organ|political_legal:44,support:2|第一检察部,第二检察部,第三检察部,办公室
SFJ|县司法局|organ|political_legal:46|办公室,普法股,社区矫正股,法律援助股
JYJ|县教育局|organ|administrative:26,support:2|办公室,人事股,基础教育股,计划财务股
KJJ|县科学技术局|organ|administrative:9|办公室,科技股
GXJ|县工业和信息化局|organ|administrative:20|办公室,企业股,信息化股
MZJ|县民政局|organ|administrative:24,support:2|办公室,社会救助股,优抚安置股,医疗救助股,基层政权股
HBJ|县环境保护局|organ|administrative:18,public_institution:24|办公室,污染防治股,环境监察大队
JTJ|县交通运输局|organ|administrative:22,support:3|办公室,规划建设股,运输管理股
SLJ|县水利局|organ|administrative:20,public_institution:26|办公室,工程建设股,防汛抗旱股
NYJ|县农业局|organ|administrative:26,support:2|办公室,种植业股,畜牧兽医股,农村经营管理股
LYJ|县林业局|organ|administrative:18,public_institution:34|办公室,造林股,森林防火股
SWJ|县商务局|organ|administrative:14|办公室,市场流通股,招商股
WGJ|县文化广电新闻出版局|organ|administrative:18|办公室,文化艺术股,广电股
LVJ|县旅游局|organ|administrative:8|办公室,行业管理股
AJJ|县安全生产监督管理局|organ|administrative:16|办公室,综合监管股,危化监管股
SJU|县审计局|organ|administrative:18|办公室,财政审计股,投资审计股
TJJ|县统计局|organ|administrative:14|办公室,综合核算股,农业统计股
CGJ|县城市管理局|organ|administrative:16,public_institution:60|办公室,市容股,执法大队
ZWJ|县政务服务中心管理办公室|organ|administrative:10,public_institution:18|综合股,窗口管理股
DAJ|县档案馆|public_institution|public_institution:14|办公室,保管利用股
GXS|县供销合作社联合社|public_institution|public_institution:20|办公室,业务股
ZGH|县总工会|mass_organisation|administrative:9|办公室,权益保障部
TXW|共青团县委员会|mass_organisation|administrative:6|办公室
FLH|县妇女联合会|mass_organisation|administrative:7|办公室
CLH|县残疾人联合会|mass_organisation|administrative:8|办公室,康复就业股
KXH|县科学技术协会|mass_organisation|administrative:5|办公室
"""

INSTITUTIONS = """\
JYJ-YZ|JYJ|县第一中学|public_institution:150|教务处,德育处,总务处
JYJ-ZX|JYJ|县职业中等专业学校|public_institution:84|教务处,招生就业处
JYJ-SX|JYJ|县实验小学|public_institution:78|教导处,总务处
JYJ-JY|JYJ|县教学研究室|public_institution:20|
JTJ-GL|JTJ|县公路管理所|public_institution:56|养护科,路政科
JTJ-YG|JTJ|县道路运输管理所|public_institution:38|客运科,稽查科
NYJ-NJ|NYJ|县农业技术推广中心|public_institution:36|粮油站,植保站,土肥站
NYJ-DW|NYJ|县动物疫病预防控制中心|public_institution:22|
MZJ-FL|MZJ|县社会福利院|public_institution:18|
MZJ-JZ|MZJ|县救助管理站|public_institution:8|
WGJ-TS|WGJ|县图书馆|public_institution:12|
WGJ-WH|WGJ|县文化馆|public_institution:14|
WGJ-TV|WGJ|县广播电视台|public_institution:46|新闻部,专题部,技术部
XCB-RM|XCB|县互联网信息中心|public_institution:8|
GXJ-ZX|GXJ|县中小企业服务中心|public_institution:10|
SWJ-DS|SWJ|县电子商务服务中心|public_institution:8|
TJJ-PC|TJJ|县普查中心|public_institution:8|
SJU-TZ|SJU|县政府投资审计中心|public_institution:12|
DAJ-FW|DAJ|县档案咨询服务部|public_institution:3|
KXH-HD|KXH|县青少年科技活动中心|public_institution:2|
"""

DISPATCHED = (("GAJ", "派出所", "political_legal", 7), ("SFJ", "司法所", "political_legal", 2))
FORESTRY = ("Z04", "Z05", "Z07", "Z09", "Z10")

MUNICIPAL = (("SJT", "市交通运输局"), ("SNY", "市农业农村局"), ("SZF", "市人民政府办公室"))

TASK_FORCES = (
    ("XMZ", "县重点项目建设指挥部专班", "ZFB", "2014-04-01", ""),
    ("ZCZ", "县驻村帮扶工作总队", "XIAN", "2015-06-01", ""),
    ("FPZ", "县脱贫攻坚指挥部专班", "XIAN", "2016-03-01", "2021-07-01"),
    ("HBZ", "县环保督察整改专班", "HBJ", "2017-04-10", "2018-12-31"),
    ("CWZ", "县创建文明城市指挥部专班", "XCB", "2018-02-01", ""),
    ("YPD", "县对口援派工作队", "XIAN", "2013-09-01", ""),
)
"""Code, name, parent, established, abolished."""

BORROWERS = (
    ("ZFB", 12),
    ("XCB", 7),
    ("BZB", 4),
    ("ZFW", 7),
    ("TZB", 4),
    ("GXJ", 4),
    ("CGJ", 4),
    ("NYJ", 5),
    ("JYJ", 4),
    ("MZJ", 4),
    ("JTJ", 4),
    ("SWJ", 4),
    ("SLJ", 3),
    ("HBJ", 4),
    ("SJU", 3),
    ("ZWJ", 5),
    ("RDB", 3),
    ("TXW", 3),
    ("FLH", 2),
    ("GAJ", 2),
    ("FYU", 2),
)
"""Who borrows people, and how eagerly."""
