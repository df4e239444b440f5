"""The words of column headers. Pure data: a new spelling of a known column is one more word here."""

import re

from projects.ledger.text import folded

SYNONYMS: dict[str, str] = {
    "code": "项目代码 项目编码 备案代码 备案证号 项目统一代码 投资项目代码",
    "name": "项目名称 工程名称 项目 项目名 重点项目名称 项目(工程)名称",
    "enterprise": (
        "建设单位 业主单位 企业名称 项目单位 业主 投资方 投资主体 投资单位 实施单位 单位名称 项目业主 "
        "建设主体 企业 投资企业"
    ),
    "credit_code": "统一社会信用代码 信用代码 社会信用代码",
    "contact_name": (
        "联系人 联系人及联系电话 联系人及电话 联系人电话 企业联系人 项目联系人 联系人姓名 企业联系人及电话 联系人/电话"
    ),
    "contact_phone": "联系电话 电话 手机 手机号 手机号码 联系方式 联系人手机",
    "industry": "产业类别 所属行业 行业 行业类别 产业类型 所属产业 行业分类 产业 产业领域 国民经济行业",
    "nature": "建设性质 项目类别 项目性质 建设类型 项目类型",
    "level": "项目层级 项目级别 重点级别 层级 级别 项目等级 重点层级",
    "location": "建设地点 建设地址 项目地址 地点 选址 项目选址 建设位置 项目地点",
    "content": (
        "建设规模及主要建设内容 建设内容 建设规模 主要建设内容 项目概况 建设内容及规模 主要建设内容及规模 "
        "建设规模及内容 建设规模和内容"
    ),
    "period": "建设起止年限 起止年限 建设周期 建设年限 建设期限 起止时间 建设起止时间 建设起止年月 建设工期",
    "total_investment_10k": "总投资 投资额 计划总投资 投资总额 项目总投资 总投资额 投资规模 概算总投资 总投资规模",
    "equipment_investment_10k": "设备投资 设备购置 设备投资额 设备购置费",
    "land_mu": "用地面积 占地面积 用地 占地 土地面积 项目用地 用地规模",
    "floor_area_m2": "建筑面积 总建筑面积 建筑规模",
    "stage_raw": "当前阶段 目前进度 项目阶段 所处阶段 阶段 建设阶段 当前进度 目前阶段 推进阶段 项目状态 当前状态",
    "progress": "形象进度 进展情况 项目进展 工作进展 建设进展 目前进展 进度情况 工程进度 项目进展情况 当前进展",
    "enrolled": (
        "是否入库 是否入统 是否纳统 是否入库纳统 是否纳入统计 入库情况 入统情况 纳统情况 入库纳统 是否已入库 是否已入统"
    ),
    "enrolled_on": "入库时间 入统时间 纳统时间 入库日期 入统日期 入库纳统时间 纳统日期",
    "responsible_unit": "责任单位 责任部门 牵头单位 包联单位 包保单位 服务单位 属地 牵头责任单位 责任单位(部门)",
    "leader": "包联领导 包保领导 联系领导 挂点领导 责任领导 领导 包抓领导 挂钩领导 牵头领导 区级领导",
    "specialist": "服务专员 专员 项目专员 服务秘书 项目秘书 帮办专员 服务管家 责任人",
    "issue": "存在问题 存在的问题 存在的问题及困难 存在问题及困难 存在困难 困难问题 需协调问题 需协调解决的问题 问题",
    "next_plan": (
        "下步工作计划 下一步工作计划 下步工作 下一步计划 下步计划 下一步工作 下步打算 下步工作安排 下一步工作安排"
    ),
    "light": "预警 亮灯 亮灯情况 红黄绿灯 预警等级 预警灯 亮灯预警 红黄绿",
    "remark": "备注 说明 备注说明",
    "completion_rate_pct": (
        "完成率 占年度计划 投资完成率 完成比例 占年度计划比例 年度计划完成率 占计划 占年计划 完成年度计划"
    ),
    "vs_schedule_pp": "比序时进度 与序时进度比 较序时进度 序时进度差 比序时 超序时",
    "annual_plan_10k": (
        "年度计划 年度计划投资 计划投资 年计划投资 年度投资计划 年度投资目标 年计划 投资计划 计划完成投资 年度目标"
    ),
    "ytd_investment_10k": (
        "累计 累计完成 累计完成投资 累计投资 本年累计 年初以来累计 本年累计完成 年度累计完成投资 已完成投资 完成投资"
    ),
    "month_investment_10k": "本月完成 当月完成 本月投资 当月投资 本月完成投资 当月完成投资 本月",
}
BY_WORD = {folded(word): field for field, line in SYNONYMS.items() for word in line.split()}
SERIAL = {"序号", "编号", "序", "No", "NO", "No."}
RESPONSIBILITY = {"定领导", "定举措", "定标准", "定奖惩"}

# Tried in order on the folded leaf when no synonym fits.
PATTERNS: list[tuple[re.Pattern[str], str]] = [
    (
        re.compile(r"(上年|去年|\d{4}年?)[底末].*(投资|累计|完成)|截[至止].*年[底末].*(投资|完成)"),
        "invested_before_10k",
    ),
    (re.compile(r"信用代码"), "credit_code"),
    (re.compile(r"项目.*代码|备案.*代码"), "code"),
    (re.compile(r"(入库|入统|纳统)(时间|日期)"), "enrolled_on"),
    (re.compile(r"是否.*(入库|入统|纳统)"), "enrolled"),
    (re.compile(r"序时"), "vs_schedule_pp"),
    (re.compile(r"完成率|占.*计划"), "completion_rate_pct"),
    (re.compile(r"联系人"), "contact_name"),
    (re.compile(r"电话|手机"), "contact_phone"),
    (re.compile(r"设备.*投资"), "equipment_investment_10k"),
    (re.compile(r"总投资"), "total_investment_10k"),
    (re.compile(r"(年度?|计划).*计划.*投资|年度?.*投资计划|年度?计划"), "annual_plan_10k"),
    (re.compile(r"累计.*(完成|投资)|(完成|投资).*累计"), "ytd_investment_10k"),
    (re.compile(r"建筑面积"), "floor_area_m2"),
    (re.compile(r"(用地|占地|土地)面积"), "land_mu"),
    (re.compile(r"建设.*(内容|规模)"), "content"),
    (re.compile(r"存在.*(问题|困难)"), "issue"),
    (re.compile(r"下一?步"), "next_plan"),
    (re.compile(r"(包联|包保|联系|挂点|包抓).*领导"), "leader"),
    (re.compile(r"责任(单位|部门)"), "responsible_unit"),
    (re.compile(r"(项目|工程)名称"), "name"),
    (re.compile(r"备\s*注"), "remark"),
]
MILESTONES = [
    (re.compile(r"签约|签订"), "signed"),
    (re.compile(r"注册"), "registered"),
    (re.compile(r"备案|立项"), "filed"),
    (re.compile(r"摘牌|拿地|供地|土地出让"), "land"),
    (re.compile(r"开工"), "started"),
    (re.compile(r"封顶"), "topped_out"),
    (re.compile(r"竣工|完工"), "completed"),
    (re.compile(r"投产"), "production"),
    (re.compile(r"达产"), "full_capacity"),
]
