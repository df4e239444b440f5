"""责任台账 and 问题清单及销号台账 as tables of a workbook (domain.md 4.1 annex 5, 4.3). Pure.

Names are those of the samples' README: ``start`` and ``end`` are plans, ``closed`` true, false or nothing said.
"""

import re

from projects.ledger.fields import FieldSpec
from projects.ledger.kinds import TableKind
from projects.ledger.layouts import Layout, Leaf

FIVE = {"leader": "定领导", "measures": "定举措", "dates": "定工期", "standard": "定标准", "reward_penalty": "定奖惩"}
TITLE_LIMIT = 200

_SPECS = (
    FieldSpec("code", "code", "项目代码", 40, inherits=True),
    FieldSpec("project_name", "text", "项目名称", 200, inherits=True),
    FieldSpec("number", "text", "台账编号", 20),
    FieldSpec("task", "long_text", "任务（节点）", 4000),
    FieldSpec("category", "text", "问题类别", 40, inherits=True),
    FieldSpec("description", "long_text", "详细说明", 4000),
    FieldSpec("leader", "people", "定领导", 60, inherits=True),
    FieldSpec("measures", "long_text", "定举措", 4000, inherits=True),
    FieldSpec("start", "planned_date", "定工期（起）"),
    FieldSpec("end", "planned_date", "定工期（止）"),
    FieldSpec("period", "period", "定工期"),
    FieldSpec("standard", "long_text", "定标准", 4000, inherits=True),
    FieldSpec("reward_penalty", "long_text", "定奖惩", 4000, inherits=True),
    FieldSpec("responsible_unit", "text", "责任单位", 100, inherits=True),
    FieldSpec("person", "text", "责任人", 60, inherits=True),
    FieldSpec("cooperating_units", "text", "配合单位", 400, inherits=True),
    FieldSpec("status", "long_text", "完成情况", 4000),
    FieldSpec("delay_reason", "long_text", "滞后原因", 4000),
    FieldSpec("closed", "yes_no", "是否销号"),
    FieldSpec("raised_on", "date", "提出时间"),
    FieldSpec("closed_on", "date", "销号时间"),
    FieldSpec("remark", "long_text", "备注", 4000),
)

_WORDS = {
    "code": (
        "项目代码 项目编码 备案代码 项目统一代码 投资项目代码 "
        "赋码 项目赋码 在线平台代码 投资平台代码 项目编号"
    ),
    "project_name": (
        "项目名称 项目 工程名称 所属项目 涉及项目 关联项目 重点项目名称 项目名 重点项目 项目(企业)名称 企业(项目)名称 "
        "重点项目 工程项目 建设项目 建设项目名称 对应项目 企业/项目 责任项目 重大项目 重大项目名称"
    ),
    "number": "问题编号 事项编号 台账编号 任务编号",
    "task": (
        "任务(节点) 任务 事项 工作任务 节点任务 问题 问题描述 任务节点 重点任务 任务名称 事项名称 工作事项 任务事项 "
        "工作内容 主要任务 目标任务 任务内容 节点 关键节点 任务及节点 具体任务 存在问题 存在的问题 问题内容 交办事项 "
        "具体问题 督办事项 台账事项 重点工作 推进事项 问题事项 需协调问题 需协调解决的问题 工作节点 任务清单 责任事项 "
        "困难问题 存在困难 问题及诉求 堵点难点 难点堵点 节点名称 推进节点 具体内容 督办内容 重点事项 需解决事项"
    ),
    "category": "问题类别 类别 问题类型 任务类别 事项类别 问题分类 任务类型 事项类型",
    "description": "详细说明 任务说明 问题说明 情况说明 问题详情 具体情况",
    "leader": (
        "定领导 牵头领导 责任领导 包联领导 包保领导 分管领导 领导 挂点领导 联系领导 包抓领导 区级领导 督办领导 "
        "挂钩领导 责任区领导 "
        "责任人(领导) 主责领导 领衔领导 区领导 县领导 市领导"
    ),
    "measures": (
        "定举措 举措 措施 工作举措 推进措施 工作措施 具体举措 具体措施 解决措施 整改措施 推进举措 落实措施 落实举措 "
        "解决办法 工作安排 "
        "解决方案 解决路径 推进办法 对策 推进举措及要求"
    ),
    "start": (
        "定工期(起) 工期(起) 起 开始时间 起始时间 开始日期 起始日期 启动时间 启动日期 工期起 起始 开始 定工期起 "
        "计划开始时间 工期开始 开始时限 "
        "计划开始 起始节点 开始节点 开始(时间) 起始(时间)"
    ),
    "end": (
        "定工期(止) 工期(止) 止 完成时限 办结时限 整改时限 截止时间 完成时间 截止日期 办理时限 时限 完成日期 "
        "要求完成时间 计划完成时间 办结期限 完成期限 限期 "
        "时间节点 时限要求 预计办结时间 要求办结时间 到期时间 结束时间 "
        "整改期限 解决时限 工期止 定工期止 截止 终止时间 结束日期 完成时间节点 销号时限 计划完成日期 "
        "计划完成 预计完成 完成节点 结束 终止 止期 办结时间要求 时间要求 完成(时间) 整改时间"
    ),
    "period": (
        "定工期 工期 起止时间 起止日期 时间安排 工作时限 任务工期 工期(起止) 起止 "
        "起止年月 工期安排 工期要求 计划工期 任务期限 定时限 定时间 推进时间 实施时间 时间(起止) 起止期限"
    ),
    "standard": (
        "定标准 标准 完成标准 工作标准 验收标准 完成标志 目标 工作目标 成果标准 质量标准 考核标准 销号标准 预期目标 "
        "目标要求 达到标准 "
        "质量要求 成果要求 工作要求 预期成果 预期成效 完成目标 成果形式 标志性成果"
    ),
    "reward_penalty": (
        "定奖惩 奖惩 奖惩措施 奖惩办法 考核奖惩 奖惩规定 奖惩机制 奖惩要求 "
        "考核措施 考核办法 督查考核 定奖罚 奖罚"
    ),
    "responsible_unit": (
        "责任单位 牵头单位 责任部门 主办单位 牵头部门 责任主体 "
        "牵头责任单位 承办单位 主责单位 责任单位(部门) 主办部门 承办部门"
    ),
    "person": (
        "责任人 经办人 具体责任人 责任人员 联系人 承办人 直接责任人 责任人姓名 "
        "责任人及电话 责任人(电话) 单位责任人 工作专员 服务专员 项目专员 责任人及联系电话"
    ),
    "cooperating_units": (
        "配合单位 协办单位 配合部门 协助单位 参与单位 "
        "协同单位 配合责任单位 协办部门 协作单位 责任单位(配合) 配合责任部门 "
        "相关单位 会办单位 参与部门"
    ),
    "status": (
        "完成情况 进展 进展情况 工作进展 目前进展 办理情况 "
        "落实情况 当前进展 推进情况 办理进展 进度 整改情况 完成进度 "
        "最新进展 工作进展情况 落实进展 进度情况 推进进展 任务进展 办理进度 工作进度 "
        "办理结果 落实结果 完成情况说明"
    ),
    "delay_reason": (
        "滞后原因 未完成原因 原因 逾期原因 滞后原因分析 延期原因 未按期完成原因 未销号原因 未办结原因 超期原因 "
        "原因说明 原因分析"
    ),
    "closed": (
        "是否销号 销号情况 是否办结 销号 是否完成 办结情况 "
        "销号状态 是否已销号 是否解决 是否整改到位 办结状态 是否已办结 "
        "是否完结 是否闭环 是否已完成 是否达标 是否销账 是否已闭环 是否办结销号 "
        "闭环情况 销账情况 销号结果 完成与否 办结与否 销号与否"
    ),
    "raised_on": (
        "提出时间 登记时间 提出日期 登记日期 发现时间 收集时间 交办时间 交办日期 "
        "立账时间 建账时间 列入时间 问题提出时间"
    ),
    "closed_on": (
        "销号时间 办结时间 销号日期 办结日期 实际完成时间 实际办结时间 "
        "实际完成日期 实际办结日期 销账时间"
    ),
    "remark": "备注 备注说明",
}  # fmt: skip

_ENDS = {"start": ("起", "开始", "起始", "启动", "始"), "end": ("止", "结束", "截止", "完成", "终止", "终", "讫")}
for _field, _ends in _ENDS.items():
    _WORDS[_field] += "".join(
        f" {term}({end}) {term}{end} {term}-{end}" for term in ("定工期", "工期", "时限", "定时限") for end in _ends
    )

_PATTERNS = (
    (re.compile(r"(?:未|滞后|逾期|延误|延期|超期|超时).*原因"), "delay_reason"),
    (re.compile(r"(?:销号|办结|完成|闭环|销账)与否"), "closed"),
    (re.compile(r"领导$"), "leader"),
    (re.compile(r"奖[惩罚]|激励.*(?:约束|问责)"), "reward_penalty"),
    (re.compile(r"标准(?:要求)?$"), "standard"),
    (re.compile(r"(?:举措|措施)$"), "measures"),
    (re.compile(r"(?:配合|协办|协同|协作|参与).*(?:单位|部门)"), "cooperating_units"),
    (re.compile(r"(?:责任|牵头|主办|承办|落实|实施|整改|办理|属地).*(?:单位|部门)$"), "responsible_unit"),
    (re.compile(r"实际.*(?:完成|办结|销号|解决).*(?:时间|日期)$"), "closed_on"),
    (re.compile(r"(?:要求|限期|承诺|计划|预计|拟|规定|最迟|目标).*(?:办结|完成|解决|销号).*(?:时间|日期)$"), "end"),
    (re.compile(r"(?:时限|期限|限期)$"), "end"),
    (re.compile(r"进展"), "status"),
    (re.compile(r"(?:任务|事项|问题|节点)(?:描述|内容|名称|分解|清单)?$"), "task"),
)  # fmt: skip

LEDGER_ITEMS = TableKind(
    key="ledger_items",
    name_zh="责任台账",
    fields={spec.name: spec for spec in _SPECS},
    words=_WORDS,
    title="task",
    patterns=_PATTERNS,
    marks=frozenset(
        {"定领导", "定举措", "定标准", "定奖惩", "是否销号", "销号情况", "滞后原因", "办结时限", "整改时限", "问题描述"}
        | {"任务(节点)", "工作任务", "节点任务", "奖惩措施", "销号时间", "配合单位"}
    ),
    keys=("number",),
)

LAYOUT = Layout(
    "ledger_items",
    "责任台账",
    (
        Leaf("序号", None, width=6),
        Leaf("台账编号", "number", width=15),
        Leaf("项目代码", "code", width=26),
        Leaf("项目名称", "project_name", width=30),
        Leaf("任务（节点）", "task", width=30),
        Leaf("问题类别", "category", width=10),
        Leaf("详细说明", "description", width=30),
        Leaf("定领导", "leader", width=10),
        Leaf("定举措", "measures", width=26),
        Leaf("定工期（起）", "start", width=12),
        Leaf("定工期（止）", "end", width=12),
        Leaf("定标准", "standard", width=22),
        Leaf("定奖惩", "reward_penalty", width=22),
        Leaf("责任单位", "responsible_unit", width=18),
        Leaf("责任人", "person", width=10),
        Leaf("配合单位", "cooperating_units", width=18),
        Leaf("完成情况", "status", width=26),
        Leaf("滞后原因", "delay_reason", width=20),
        Leaf("是否销号", "closed", width=9),
        Leaf("提出时间", "raised_on", width=12),
        Leaf("销号时间", "closed_on", width=12),
    ),
)
