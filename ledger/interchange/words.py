"""The words offices write in cells for the codes of the closed lists; the first is the one templates offer.

A code may always be written itself. What is not here is refused with the list of what is possible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

Words = Mapping[str, Sequence[str]]

ESTABLISHMENT: Words = {
    "administrative": ("行政编制", "行政", "行政编"),
    "political_legal": ("政法专项编制", "政法专项", "政法编制", "政法"),
    "public_institution": (
        "事业编制", "事业", "事业编", "参公事业编制", "参公编制", "全额事业编制", "全额事业",
        "差额事业编制", "差额事业", "自收自支事业编制", "自收自支事业", "全额拨款事业编制", "差额拨款事业编制",
    ),
    "support": ("工勤编制", "工勤", "工勤编", "机关工勤编制", "后勤服务编制"),
    "off_establishment": ("编外", "编外人员", "编外聘用", "不占编", "无编制", "非在编"),
}  # fmt: skip
SAYS_MORE = frozenset(word for word in ESTABLISHMENT["public_institution"] if "额" in word or "自收" in word) | {
    "公益一类", "公益二类", "参公事业单位", "参公事业编制", "参公编制",
}  # fmt: skip
"""Words that say more than the code they are read as: whoever imports is told what is left of them."""
GENDER: Words = {"male": ("男", "男性"), "female": ("女", "女性")}
FLAG: Words = {"true": ("是", "√", "有", "1", "yes", "Y"), "false": ("否", "×", "无", "0", "no", "N")}
IDENTITY: Words = {
    "civil_servant": ("公务员", "参公", "参公人员", "参照公务员法管理"),
    "institution_staff": ("事业管理", "专技", "事业人员", "管理人员", "专业技术人员", "专业技术", "事业", "事业编"),
    "worker": ("工勤", "工勤人员", "工勤技能", "工人"),
    "": ("三支一扶", "编外", "派驻", "其他"),
}
"""Personnel class of the roster; the last ones say nothing about the identity."""
STATUS: Words = {
    "present": ("在岗", "在职", "在编在岗", "在职在岗", "在编"),
    "seconded_out": ("借出", "借调", "抽调", "抽借调", "借调在外", "外借"),
    "sick": ("病休", "病假", "长期病假", "长期病休"),
    "maternity": ("产假",),
    "study": ("学习", "脱产学习"),
    "awaiting_post": ("待岗", "离岗"),
    "suspended": ("停职",),
    "retired": ("退休", "离退休", "已退休"),
}
RETIREMENT: Words = {"60": ("男60", "女60", "60岁"), "55": ("女55", "55岁"), "50": ("女50", "50岁")}
UNIT_KIND: Words = {
    "organ": ("机关", "行政机关", "行政机构", "党政机关", "党委机关", "政府机关", "乡镇", "乡镇机关"),
    "internal_office": ("内设机构", "站所", "内设"),
    "public_institution": ("事业单位", "事业", "公益一类", "公益二类", "参公事业单位"),
    "dispatched_office": ("派驻机构", "派出机构", "派驻"),
    "mass_organisation": ("群团", "群团组织"),
    "task_force": ("专班", "指挥部", "临时机构"),
    "jurisdiction": ("地区", "辖区", "区划", "行政区划", "县", "县域"),
}
LEVEL: Words = {
    "township": ("乡镇", "乡镇级", "乡级", "镇", "乡", "62", "63"),
    "county": ("县", "县级", "区县", "50"),
    "municipal": ("市", "市级", "地级"),
    "provincial": ("省", "省级"),
    "central": ("中央", "中央级"),
}
SECONDMENT: Words = {
    "loan": ("借调", "借用", "帮助工作"),
    "task_force": ("抽调", "专班"),
    "temporary_post": ("挂职",),
    "shadowing": ("跟班学习", "跟班"),
    "village_team": ("驻村", "驻村工作队"),
    "aid": ("援派", "援助"),
    "inspection": ("巡视巡察", "巡察", "巡视"),
}
LEAVE: Words = {
    "sick": ("病假", "病休"),
    "maternity": ("产假",),
    "study": ("脱产学习", "学习"),
    "suspended": ("停职",),
    "awaiting_post": ("待岗",),
}
END: Words = {"returned": ("返还", "返回", "到期返还"), "recalled": ("清退", "催返", "召回")}
DEPARTURE: Words = {
    "retired": ("退休", "到龄退休", "到龄"),
    "early_retired": ("提前退休",),
    "resigned": ("辞职",),
    "dismissed": ("辞退", "开除", "辞退、开除"),
    "contract_ended": ("合同期满",),
    "died": ("去世", "死亡"),
    "moved_out": ("调出", "调出县外"),
    "diverted_teacher": ("分流：充实教师", "充实教师"),
    "diverted_early_retired": ("分流：提前离岗", "提前离岗"),
    "diverted_resigned": ("分流：辞职",),
    "diverted_released": ("分流：辞退",),
    "diverted_institution": ("分流：转事业单位", "转事业单位"),
    "diverted_enterprise": ("分流：转企业", "转企业"),
    "diverted_police": ("分流：转公安", "转公安"),
}
FREEZE: Words = {"no_increase": ("只减不增",), "exit_only": ("只出不进",)}
PRECISION: Words = {"day": ("日",), "month": ("月",), "year": ("年",)}
ENTRY: Words = {
    "unit_established": ("机构设立", "设立"),
    "unit_renamed": ("更名", "机构更名"),
    "unit_moved": ("隶属变更",),
    "unit_stationed": ("派驻变更",),
    "unit_merged": ("合并", "机构合并"),
    "unit_abolished": ("撤销", "机构撤销"),
    "quota_set": ("核定", "编制核定"),
    "quota_changed": ("核增核减", "编制调整", "核增、核减", "核增", "核减"),
    "quota_cancelled": ("核销", "编制核销"),
    "quota_moved": ("编随事走", "编制划转"),
    "leader_quota_set": ("领导职数核定",),
    "freeze_declared": ("冻结", "编制冻结"),
    "census_claimed": ("盘点上报", "盘点"),
    "policy_adopted": ("政策采用", "规则采用"),
    "hired": ("录用", "录用(入编)", "入编"),
    "person_described": ("信息登记", "登记"),
    "transferred": ("调动", "调入", "转任"),
    "appointed": ("任职", "任免"),
    "relieved": ("免职",),
    "secondment_started": ("借调开始", "借调", "抽调", "挂职", "跟班学习", "驻村", "援派", "巡察"),
    "secondment_extended": ("续借",),
    "secondment_ended": ("借调结束", "返回", "返还"),
    "leave_started": ("请假", "病休", "病假", "产假", "学习", "脱产学习", "待岗", "停职"),
    "leave_ended": ("销假",),
    "departed": ("离开", "离职", "退休", "辞职", "辞退", "开除", "死亡", "去世", "合同期满", "调出"),
    "reversed": ("冲正", "作废"),
    "corrected": ("更正",),
}
MEASURE: Words = {
    "quota": ("核定", "核定编制", "应有"),
    "on_roll": ("实有", "在编", "实有在编"),
    "vacancies": ("空编",),
    "present": ("在岗",),
    "at_work": ("实际在岗", "在职"),
    "seconded_out": ("借出", "长期抽借调"),
    "seconded_in": ("借入",),
    "on_leave": ("长期请假", "病休", "长期病假"),
    "off_establishment": ("编外在岗", "编外"),
    "dispatched_in": ("派驻来", "派驻"),
    "leader_quota": ("领导职数",),
    "leaders": ("领导实配",),
}

LISTS: Mapping[str, Words] = {
    "establishment": ESTABLISHMENT,
    "gender": GENDER,
    "flag": FLAG,
    "identity": IDENTITY,
    "status": STATUS,
    "retirement": RETIREMENT,
    "unit_kind": UNIT_KIND,
    "level": LEVEL,
    "secondment": SECONDMENT,
    "leave": LEAVE,
    "end": END,
    "departure": DEPARTURE,
    "freeze": FREEZE,
    "precision": PRECISION,
    "entry": ENTRY,
    "measure": MEASURE,
}
KINDS_OF: Mapping[str, str] = {
    "unit_established": "unit_kind",
    "secondment_started": "secondment",
    "leave_started": "leave",
}
"""Entry type -> the list its `kind` comes from."""
REASONS_OF: Mapping[str, str] = {"secondment_ended": "end", "departed": "departure"}
"""Entry type -> the list its `reason` comes from; elsewhere a reason is the office's own words."""

IMPLIED: Mapping[str, tuple[str, str]] = {
    "secondment_started": ("kind", "secondment"),
    "leave_started": ("kind", "leave"),
    "departed": ("reason", "departure"),
}
"""Entry type -> the key that its very word may tell: 病休 is a leave of the kind sick."""


@cache
def codes(name: str) -> Mapping[str, str]:
    """Every way of writing -> its code."""
    words = LISTS[name]
    written = {word: code for code, ways in words.items() for word in ways}
    return {**written, **{code: code for code in words if code}}


def word(name: str, code: object, *, chinese: bool = True) -> str:
    """The word templates and exports write for a code."""
    ways = LISTS[name].get(str(code))
    return ways[0] if ways and chinese else str(code)
