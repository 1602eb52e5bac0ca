"""The four tables that offices fill in, column by column: what a column is called, what it holds, which key it feeds.

Keys are those of the entries (spec 2.2) wherever an entry has one; the others are of the table alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.domain.faults import N_


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `holds`: text, code, name, note, date, last_day, number, json, id, or a list of `words`.

    `needed`: a row without it is refused; `starred`: the form asks for it.
    """

    key: str
    title: str
    holds: str = "text"
    aliases: tuple[str, ...] = ()
    needed: bool = False
    starred: bool = False
    width: int = 12
    own: str = ""
    """Its heading in the file at hand, where that is another one."""

    @property
    def told(self) -> str:
        """What whoever filled in the file calls it."""
        return self.own or self.title

    @property
    def heading(self) -> str:
        """The title as the template writes it."""
        return f"{self.title}*" if self.needed or self.starred else self.title


@dataclass(frozen=True, slots=True)
class Layout:
    """One table."""

    name: str
    title: str
    help: str
    columns: tuple[Column, ...]

    @property
    def mark(self) -> str:
        """What a template of this layout says of itself."""
        return f"layout={self.name}/1"

    def column(self, key: str) -> Column:
        """The column of a key. Raises KeyError."""
        return {column.key: column for column in self.columns}[key]


def _c(key: str, title: str, holds: str = "text", *aliases: str, **more: bool | int) -> Column:
    return Column(key, title, holds, aliases, **more)  # type: ignore[arg-type]


_AUTHORITY = (
    _c("authority.document_no", "文号", "text", "批准文号", "依据文号", "发文字号"),
    _c("authority.issued_by", "发文机关", "text", "批准机关", "核发机关"),
    _c("authority.issued_on", "成文日期", "date", "批准日期", "批准时间", "发文日期", "发文时间"),
    _c("authority.title", "文件标题", "text", "文件名称", width=24),
)

ROSTER = Layout(
    "roster",
    "花名册",
    N_("One row is the state of one person on the closing date 截止日期 above the table."),
    (
        _c("person", "人员编码", "code", "人员编号", "工号", "职工编号", "编号"),
        _c("name", "姓名", "name", needed=True),
        _c("id_number", "公民身份号码", "id", "身份证号", "身份证号码", "身份证", "证件号码", width=20),
        _c("gender", "性别", "gender", width=6),
        _c("born_on", "出生日期", "date", "出生年月", "出生年月日", "出生时间", starred=True),
        _c(
            "unit", "编制所在单位编码", "unit", "编制所在单位", "编制单位", "单位编码", "单位名称", "所在单位", "单位",
            "工作单位", "现工作单位", needed=True, width=18,
        ),
        _c("section", "内设机构", "text", "所在科室", "科室", "部门"),
        _c("establishment", "编制类型", "establishment", "编制类别", "编制性质", "编制", needed=True),
        _c("funding", "经费形式", "text", "经费来源"),
        _c("identity", "人员类别", "identity", "人员身份", "身份", starred=True),
        _c("status", "在编状态", "status", "在岗状态", "人员状态", "状态", "在岗情况",
           "现状", "人员现状", "在职状态", "当前状态", starred=True),
        _c("status_since", "状态起始日期", "date", "病休起始日期", "状态起"),
        _c("title", "职务", "text", "现任职务", "岗位"),
        _c("rank", "职务职级", "code", "职级", "现任职级"),
        _c("counts", "是否占领导职数", "flag", "占领导职数", "领导职数", width=8),
        _c("work_start", "参加工作时间", "text", "参加工作日期", "工作时间"),
        _c("unit_entry", "进入本单位时间", "date", "进入本单位日期", "到本单位时间", "来本单位时间", starred=True),
        _c("quota_entry", "入编日期", "date", "入编时间"),
        _c("authority.document_no", "入编文号", "text", "入编审批文号", width=18),
        _c("channel", "进入方式", "text", "入编方式", "来源"),
        _c("retirement_age", "退休类别", "retirement", "退休年龄", starred=True, width=8),
        _c("host", "借入单位", "unit", "借调单位", "借入单位编码", "抽调单位", "借调到", width=18),
        _c("loan_start", "借调起", "date", "借调开始日期", "借调开始时间", "借调时间", "起"),
        _c("until", "借调止", "last_day", "借调截止日期", "借调结束时间", "约定返回日期", "止"),
        _c("loan_kind", "借调名目", "secondment", "借调类型", "名目"),
        _c("loan_document", "借调文号", "text", "借调审批文号", width=18),
        _c("note", "备注", "note", "说明", width=24),
    ),
)  # fmt: skip

UNIT_QUOTA = Layout(
    "unit-quota",
    "机构编制表",
    N_("One row is one unit with one kind of posts, from a date on."),
    (
        _c("unit", "单位编码", "code", "机构编码", "编码", needed=True),
        _c("name", "单位名称", "name", "机构名称", "单位", "机构", needed=True, width=28),
        _c("short_name", "规范简称", "text", "简称"),
        _c("plates", "加挂牌子", "list", "挂牌名称", width=20),
        _c("parent", "上级编码", "code", "上级单位编码", "主管单位编码", "上级", "主管部门"),
        _c("stationed_at", "管理归口编码", "code", "派驻地编码", "驻在单位编码", "管理归口"),
        _c("kind", "机构类别", "unit_kind", "单位类别", "机构性质", "单位性质", "机构类型", "单位类型", needed=True),
        _c("level", "层级", "level", "行政层级"),
        _c("unit_rank", "机构级别", "text", "机构规格", "级别"),
        _c("plated", "是否挂牌", "text", width=8),
        _c("establishment", "编制类型", "establishment", "编制类别", "编制性质"),
        _c("funding", "经费形式", "text", "经费来源"),
        _c("posts", "核定数", "number", "核定编制", "核定编制数", "编制数", "编制", starred=True, width=8),
        _c("target", "目标数", "text", width=8),
        _c("leader_posts", "领导职数", "number", "核定领导职数", width=8),
        _c("leader_rank", "职数级别", "code", "领导职数级别", width=8),
        _c("uncounted_leaders", "其中不计职数", "text"),
        _c("uscc", "统一社会信用代码", "text", width=20),
        _c("authority.document_no", "批准文号", "text", "文号", "依据文号", starred=True, width=22),
        _c("authority.issued_by", "批准机关", "text", "核发机关", "发文机关", starred=True, width=16),
        _c("effective_on", "生效日期", "date", "批准日期", "批准时间", "设立日期", "核定日期", "日期", needed=True),
        _c("note", "备注", "note", "说明", width=24),
    ),
)  # fmt: skip

MOVEMENT = Layout(
    "movement",
    "变动台账",
    N_("One row is one entry; which columns an entry type needs is said by sledger record TYPE --help."),
    (
        _c("type", "变动类型", "entry", "类型", "事项类型", needed=True, width=14),
        _c("effective_on", "生效日期", "date", "变动日期", "日期", "变动时间", "执行日期"),
        _c("id", "事件编号", "text", "编号", "事项编号"),
        _c("person", "人员编码", "code", "人员编号", "工号"),
        _c("name", "姓名（名称）", "name", "姓名", "名称", "单位名称"),
        _c("unit", "单位编码", "unit", "新单位编码", "新单位", "调入单位", "单位", "到单位", width=14),
        _c("from_unit", "原单位编码", "text", "原单位", "调出单位", "从单位", width=14),
        _c("establishment", "编制类型", "establishment", "编制类别"),
        _c("host", "借入单位编码", "unit", "借入单位", "借调单位", width=14),
        _c("until", "截止日（至）", "last_day", "截止日", "约定止日", "借调止", "至"),
        _c("kind", "种类", "by_type", "借调名目", "名目", "请假种类", "机构类别"),
        _c("reason", "原因", "by_type", "事由", "更正理由", width=16),
        _c("channel", "进入方式", "text", "变动方式"),
        _c("title", "职务", "text"),
        _c("rank", "职级", "code", "职务职级"),
        _c("counts", "是否占领导职数", "flag", width=8),
        _c("posts", "编制数", "number", "数量", width=8),
        _c("change", "核增减", "number", "增减数", width=8),
        _c("parent", "上级编码", "unit"),
        _c("stationed_at", "派驻于", "unit"),
        _c("into", "并入单位编码", "unit", "并入单位"),
        _c("to", "划入单位编码", "unit", "划入单位"),
        _c("level", "层级", "level"),
        _c("plates", "加挂牌子", "list"),
        _c("gender", "性别", "gender", width=6),
        _c("born_on", "出生日期", "date", "出生年月"),
        _c("retirement_age", "退休类别", "retirement", width=8),
        _c("identity", "身份", "identity", "人员类别"),
        _c("mode", "冻结方式", "freeze"),
        _c("source", "来源", "text"),
        _c("scope", "统计范围", "text"),
        _c("profile", "政策方案", "text"),
        _c("entry", "所指登记", "text", "更正事件", "冲正事件"),
        *_AUTHORITY,
        _c("reviewed_by", "复核", "text", "复核人"),
        _c("baseline", "期初数据", "flag", width=8),
        _c("measures", "上报数", "json"),
        _c("parameters", "政策参数", "json"),
        _c("target", "冻结目标", "json"),
        _c("replacement", "更正后内容", "json"),
        _c("attributes", "附加信息", "json"),
        _c("effective_precision", "日期精度", "precision", width=8),
        _c("born_precision", "出生日期精度", "precision", width=8),
        _c("authority.sha256", "附件哈希", "text"),
        _c("note", "备注", "note", "说明", width=24),
    ),
)  # fmt: skip

CENSUS = Layout(
    "census",
    "盘点表",
    N_("One row is one number that a report claims; it is compared with the ledger, never obeyed."),
    (
        _c("unit", "单位编码", "unit", "单位", "单位名称", needed=True, width=16),
        _c("effective_on", "截止日期", "date", "统计日期", "日期", needed=True),
        _c("source", "来源", "text", "数据来源", "报表名称", needed=True, width=20),
        _c("measure", "指标", "measure", "项目", needed=True),
        _c("group", "分组", "text", "编制类型", "编制类别", "级别"),
        _c("reading", "口径", "text"),
        _c("value", "数值", "number", "数量", "人数", needed=True, width=8),
        _c("parts", "组成", "text", "计算式"),
        _c("filled_in_by", "填报人", "text"),
        _c("note", "备注", "note", "说明", width=24),
    ),
)

LAYOUTS: Mapping[str, Layout] = {layout.name: layout for layout in (ROSTER, UNIT_QUOTA, MOVEMENT, CENSUS)}
