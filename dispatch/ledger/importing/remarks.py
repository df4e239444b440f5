"""What a dry run of a kind of dispatch has to say about rows: the sentences of all of them. Pure."""

from functools import partial

from projects.ledger.remarks import ERROR, WARNING, Sentences, told

SENTENCES: Sentences = {
    "NAME_MISSING": (ERROR, "{zh}为空", "The row has no {en}"),
    "LINK_NOT_FOUND": (ERROR, "找不到项目“{raw}”", "No project is called “{raw}”"),
    "LINK_CONFIRM": (
        WARNING,
        "项目名称“{raw}”与“{other}”近似，请确认",
        "“{raw}” is nearly the name of “{other}”; please confirm",
    ),
    "CODE_DIFFERS": (
        ERROR,
        "项目代码属于“{other}”，与项目名称不符",
        "The project code belongs to “{other}”, not to the project named",
    ),
    "FIVE_INCOMPLETE": (WARNING, "五要件不全：缺{zh}", "The five elements are incomplete: {en} missing"),
    "KEY_UNKNOWN": (
        WARNING,
        "行标识无效（可能来自其他列表或已被改动），按内容匹配",
        "The row key is not one of this list; the row is matched by its contents",
    ),
    "ROW_TWICE": (ERROR, "与第 {first} 行重复", "This repeats row {first}"),
    "ITEM_UNSURE": (
        ERROR,
        "有 {count} 个同名事项，请填写编号或用导出的表修改",
        "{count} items have this title; give the number, or edit an exported list",
    ),
    "DATES_ORDER": (ERROR, "工期止早于工期起", "The deadline lies before the start"),
    "NO_SUCH_UNIT": (
        WARNING,
        "没有这个单位：“{raw}”，留待中心交办",
        "No unit is called “{raw}”; the centre assigns it",
    ),
    "SETTLED_HERE": (
        WARNING,
        "{label}不能由导入修改，请在系统中办理；未采用“{raw}”",
        "An import does not change this ({label}); do it on the item's page. “{raw}” is not taken over",
    ),
    "CLOSE_HERE": (
        WARNING,
        "未销号：已在系统中的事项须在系统中申请销号并经审核",
        "Not closed: an item that is here is closed here, after verification",
    ),
    "CLOSED_NOT_TAKEN": (
        WARNING,
        "写明已销号，但{zh}，按未销号登记",
        "Said to be closed, but {en}: registered as open",
    ),
    "ITEM_CLOSED": (ERROR, "该事项已销号，不能再修改", "This item is closed and changes no more"),
    "CATEGORY_UNKNOWN": (WARNING, "问题类别“{raw}”无法对应，记为其他", "Unknown category “{raw}”: taken as other"),
    "NOT_STORABLE": (ERROR, "{zh}", "{en}"),
    "NO_WINDOW": (ERROR, "{month} 没有填报窗口", "There is no filing window for {month}"),
    "WINDOW_LOCKED": (ERROR, "{month} 已锁定，只能申请更正", "{month} is locked; a correction is a restatement"),
    "FILING_NOT_FOUND": (
        ERROR,
        "本月须填报的项目中没有“{raw}”",
        "“{raw}” is not among the projects you file for this month",
    ),
    "FILING_ACCEPTED": (ERROR, "已审核通过，不能再修改", "It has been accepted and changes no more"),
    "FILING_REOPENED": (WARNING, "已报送，导入后变回草稿，须重新报送", "Handed in already: it becomes a draft again"),
    "FIGURE_WRONG": (ERROR, "{zh}", "{en}"),
    "FIGURE_OPEN": (WARNING, "报送前须补齐：{zh}", "To be put right before it is handed in: {en}"),
    "FIGURE_UNUSUAL": (
        WARNING,
        "{zh} 请在“异常说明”列写明原因",
        "{en} Please give the reason in the column 异常说明",
    ),
    "ENTERPRISE_NOT_FOUND": (ERROR, "找不到企业“{raw}”", "No enterprise is called “{raw}”"),
    "ENTERPRISE_CONFIRM": (
        WARNING,
        "企业名称“{raw}”与“{other}”近似，请确认",
        "“{raw}” is nearly the name of “{other}”; please confirm",
    ),
    "VISIT_DATE": (ERROR, "走访日期要写到日", "The date of a visit needs its day"),
    "VISIT_WHEN": (ERROR, "没有走访日期，也没有计划季度", "Neither a date nor a planned quarter"),
    "QUARTER_OVER": (ERROR, "该季度已过，不能再列入计划", "This quarter is over and cannot be planned any more"),
    "PLAN_DONE": (ERROR, "该计划走访已完成", "This planned visit has been made already"),
    "VISITOR_UNKNOWN": (
        WARNING,
        "没有叫“{raw}”的账号，走访记在导入人名下，姓名记入同行人员",
        "No account is called “{raw}”: recorded for who imports, the name among those who came along",
    ),
    "PLAN_VISITOR_UNKNOWN": (
        WARNING,
        "没有叫“{raw}”的账号，走访人待定",
        "No account is called “{raw}”: no visitor yet",
    ),
    "GRID_UNKNOWN": (WARNING, "没有网格“{raw}”", "No grid is called “{raw}”"),
}  # fmt: skip

remark = partial(told, SENTENCES)
