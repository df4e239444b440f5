"""The words of the example park: invented places, people, enterprises and sentences. Nothing names a real company."""

from dataclasses import dataclass

PARK = {
    "code": "yunling",
    "name_zh": "云岭高新区（示例）",
    "name_en": "Yunling High-tech Zone (example)",
    "centre_name_zh": "云岭高新区重点项目服务中心",
    "contact_name": "沈知远",
    "contact_phone": "0000-8120001",
}
SMALL_PARK = {
    "code": "beishan",
    "name_zh": "北山经开区（示例）",
    "name_en": "Beishan Development Zone (example)",
    "centre_name_zh": "北山经开区项目服务中心",
    "contact_name": "石望川",
    "contact_phone": "0000-8130001",
}
REGION = "990001"  # no administrative division has this number


@dataclass(frozen=True)
class Account:
    """An example account; ``unit`` is the key of its organization, "" for the superuser of the installation."""

    username: str
    role: str
    person: str
    unit: str
    title: str = ""


@dataclass(frozen=True)
class Unit:
    """An organization of the park; ``steps`` are those it handles."""

    key: str
    kind: str
    name: str
    short_name: str
    steps: tuple[str, ...] = ()
    parent: str = ""


UNITS = (
    Unit("centre", "park_office", "云岭高新区重点项目服务中心", "项目服务中心"),
    Unit("leadership", "leadership", "云岭高新区管委会", "管委会领导"),
    Unit("jingfa", "unit", "经济发展局", "经发局", ("S03",)),
    Unit("ziran", "unit", "自然资源和规划分局", "资规分局", ("S06", "S07", "S09", "S10", "S12", "S13", "S18")),
    Unit("budongchan", "unit", "不动产登记中心", "不动产中心", ("S11", "S22"), "ziran"),
    Unit("jianshe", "unit", "住房和城乡建设局", "住建局", ("S14", "S16", "S17", "S19", "S21")),
    Unit("huanbao", "unit", "生态环境分局", "生态环境分局", ("S02", "S20")),
    Unit("yingji", "unit", "应急管理局", "应急局", ("S04",)),
    Unit("shenpi", "unit", "行政审批局", "审批局", ("S01", "S05")),
    Unit("shizheng", "unit", "市政公用服务中心", "市政中心", ("S15",)),
    Unit("dongyuan", "unit", "东园街道办事处", "东园街道", ("S08",)),
    Unit("xiyuan", "unit", "西园街道办事处", "西园街道", ()),
)
ACCOUNTS = (
    Account("zhongxin", "staff", "沈知远", "centre", "主任，审核销号、发布通报"),
    Account("zhuanyuan", "staff", "林可心", "centre", "服务专员，日常更新"),
    Account("lingdao", "leader", "陆承安", "leadership", "管委会领导"),
    Account("guanli", "admin", "许明哲", "centre", "系统管理员，可进入后台"),
    Account("jingfa", "unit", "韩立群", "jingfa"),
    Account("ziran", "unit", "方既白", "ziran"),
    Account("budongchan", "unit", "苏慕云", "budongchan"),
    Account("jianshe", "unit", "贺远山", "jianshe"),
    Account("huanbao", "unit", "温如玉", "huanbao"),
    Account("yingji", "unit", "雷守正", "yingji"),
    Account("shenpi", "unit", "叶清和", "shenpi"),
    Account("shizheng", "unit", "江流川", "shizheng"),
    Account("dongyuan", "unit", "田沐阳", "dongyuan"),
    Account("xiyuan", "unit", "白云舒", "xiyuan"),
    Account("qiye", "enterprise", "程思远", "enterprise:26"),
    Account("qiye2", "enterprise", "罗佳宁", "enterprise:27"),
    Account("root", "", "安装管理员", "", "超级管理员，不属于任何园区"),
)
SMALL_UNITS = (
    Unit("centre", "park_office", "北山经开区项目服务中心", "项目服务中心"),
    Unit("bsjingfa", "unit", "北山经开区经济发展局", "经发局", tuple(f"S{n:02}" for n in range(1, 23))),
)
SMALL_ACCOUNTS = (
    Account("beishan", "staff", "石望川", "centre", "另一园区，看不到云岭的数据"),
    Account("bsjingfa", "unit", "严松柏", "bsjingfa"),
    Account("bsqiye", "enterprise", "顾念慈", "enterprise:1012"),
)
IN_CHARGE = ("jingfa", "dongyuan", "xiyuan", "jianshe", "shenpi", "ziran", "huanbao", "yingji")
DEPARTMENTS = ("jingfa", "ziran", "jianshe", "huanbao", "shenpi")
STREETS = ("dongyuan", "xiyuan")
LEADERS = ("陆承安", "高景行", "秦若谷", "唐以宁", "夏长青")
SPECIALISTS = ("林可心", "周予安", "吴朝阳", "郑一诺", "何书言")
SURNAMES = "陈李张刘杨黄赵周吴徐孙马朱胡郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
GIVEN = (
    "嘉树",
    "明远",
    "文博",
    "雨桐",
    "子衿",
    "浩然",
    "思齐",
    "若溪",
    "志诚",
    "安澜",
    "向东",
    "海涛",
    "秀英",
    "建业",
    "晓峰",
    "丽华",
)

BRANDS = "恒瑞华宏远新盛德嘉泰启辰光天益和润佳博锦凌云睿诚科创越达佑邦翔隆腾骏"
ENDINGS = "阳信岳川晟铭源衡峰泽昱岚硕航澜钧朗坤迪讯诺格联驰佰灵捷维"

# industry → (word in the name of the enterprise, products)
INDUSTRIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "装备制造": (
        "精密制造",
        ("高精度数控机床主轴", "工业机器人减速器", "智能物流输送装备", "大型精密铸件", "轨道交通制动部件", "液压阀组"),
    ),
    "新材料": (
        "新材料",
        ("高性能碳纤维复合材料", "电子级硅微粉", "特种工程塑料", "高强铝合金型材", "耐火陶瓷纤维", "功能性涂层薄膜"),
    ),
    "电子信息": (
        "电子科技",
        ("车规级功率模块", "柔性电路板", "光通信器件", "智能传感器", "精密结构件", "工业控制主板"),
    ),
    "生物医药": (
        "生物医药",
        ("高端医用敷料", "体外诊断试剂", "口服固体制剂", "植入类医疗器械", "中药配方颗粒", "医用高分子耗材"),
    ),
    "新能源": (
        "新能源",
        ("储能电池模组", "光伏逆变器", "动力电池结构件", "氢能压缩设备", "风电叶片主梁", "充电桩成套设备"),
    ),
    "精细化工": ("化学", ("水性树脂", "电子级溶剂", "环保型助剂")),
    "绿色食品": ("食品", ("功能性食品配料", "速冻调理食品", "植物蛋白饮料")),
    "智能家居": ("智能家居", ("整木定制家居", "智能卫浴", "节能照明器具")),
}
HAZARDOUS = ("精细化工",)
ROADS = ("创新大道", "科技一路", "科技三路", "兴业路", "东园大道", "西园路", "云溪路", "望岭路", "锦程路", "星火路")

PROGRESS = {
    "L01": "正在编制项目策划书，已完成初步选址比选。",
    "L02": "已开展三轮洽谈，投资规模、用地需求基本明确，协议文本正在会商。",
    "L03": "投资协议已签订，正在办理公司注册和前期方案编制。",
    "L04": "项目公司已注册，正在准备备案材料。",
    "L05": "已完成备案，正在推进用地报批和各项评估。",
    "L06": "土地已摘牌，出让价款已缴清，正在办理规划许可和土地登记。",
    "L07": "设计方案、施工图等报建手续正在办理，施工单位已进场准备。",
    "L08": "桩基施工完成约{percent}%，1号厂房基础开挖同步推进。",
    "L09": "主体结构已封顶，正在进行屋面钢结构和外墙板安装，完成总工程量约{percent}%。",
    "L10": "土建工程全部完成并通过联合验收，室外管网和道路已成形。",
    "L11": "主线设备陆续到场，已安装约{percent}%，公用工程正在调试。",
    "L12": "一条生产线进入试生产，产品送样检验中。",
    "L13": "已投产，首批产品交付客户，正在爬坡提产。",
    "L14": "产能利用率稳定在八成以上，运行正常。",
    "L15": "各项指标达到投资协议约定，已升规入统。",
}
NEXT_WORK = {
    "L01": "完成策划书评审，确定意向投资方。",
    "L02": "敲定协议条款，争取下月签约。",
    "L03": "完成公司注册，提交备案申请。",
    "L04": "在线提交备案信息，同步委托环评、能评编制。",
    "L05": "加快环评报批和用地组卷，协调净地交付。",
    "L06": "办理建设用地规划许可证和不动产权证，完善总平面方案。",
    "L07": "完成施工图审查，办理施工许可证，力争早日开工。",
    "L08": "完成基础工程，启动主体结构施工。",
    "L09": "完成外墙和屋面工程，开展室内装修和消防安装。",
    "L10": "办理房屋首次登记，组织设备进场。",
    "L11": "完成设备单机调试，准备联动试车。",
    "L12": "完善试生产记录，办理投产手续。",
    "L13": "扩大订单，按月报送产值税收。",
    "L14": "巩固达产成果，推进升规入统。",
    "L15": "跟踪服务，推动二期项目落地。",
}
ISSUES = {
    "S02": "环评报告书仍在技术评估，需编制单位补充地下水现状监测数据。",
    "S03": "节能报告中碳排放核算口径与审查意见不一致，需修改后复核。",
    "S04": "安全预评价报告需补充周边安全距离论证。",
    "S06": "地块内尚有一处农用地转用指标待省级批复。",
    "S08": "地块北侧10千伏线路尚未迁改，影响净地交付。",
    "S12": "总平面方案退距不足，设计单位正在调整。",
    "S13": "配套费缴纳方式待明确，影响工程规划许可核发。",
    "S14": "施工图消防专篇需修改，审图机构已出具修改意见。",
    "S15": "用电增容方案尚未确定，临时用电容量不足。",
    "S17": "农民工工资保证金尚未缴存，施工许可材料不齐。",
    "S19": "消防联动调试发现问题，正在整改。",
    "S20": "自行监测方案需完善，排污许可申请待补正。",
    "S22": "规划核实图件与实测面积不一致，登记暂缓。",
}
SLOW_MONEY = "受资金到位和雨季影响，投资进度落后于序时。"
PAUSE_NOTES = {
    "public_notice": "受理公示",
    "expert_review": "组织专家评审",
    "correction": "需补充材料，已一次性告知",
    "upper_level": "报上级部门审批",
    "site_rectification": "现场核查发现问题，限期整改",
    "testing": "委托检测",
}
REASON_REFUSED = "主要技术指标与规划条件不符，需修改后重新申报。"
REASON_CORRECTION = "申请表缺项，附图比例不符，请一次性补齐。"
REASON_OWN_LAND = "利用企业自有土地实施技术改造，不涉及新增供地。"
STATUS_REASONS = {
    "suspended": "企业调整投资计划，书面申请暂缓建设，经联席会议同意暂停。",
    "terminated": "投资方资金链出现变化，双方协商解除投资协议。",
}
NUMBERS = {
    "S01": "云岭备〔{year}〕{n}号", "S02": "云岭环审〔{year}〕{n}号", "S03": "云岭能审〔{year}〕{n}号",
    "S04": "云岭危化项目安条审字〔{year}〕{n}号", "S05": "云岭水保〔{year}〕{n}号", "S10": "地字第9900{year}{n}号",
    "S11": "云岭不动产权第{year}{n}号", "S13": "建字第9900{year}{n}号", "S17": "施9900{year}{n}",
    "S22": "云岭不动产权第{year}{n}号",
}  # fmt: skip
OTHER_NUMBER = "云岭{code}〔{year}〕{n}号"


def credit_code(number: int) -> str:
    """A unified social credit code with a right check character (GB 32100-2015) in a region that does not exist."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    head = f"91{REGION}MA{number:07d}"
    total = sum(alphabet.index(character) * pow(3, place, 31) for place, character in enumerate(head))
    return head + alphabet[-total % 31]


def phone(number: int) -> str:
    """A telephone number under an area code that does not exist."""
    return f"0000-81{number % 100000:05d}"
