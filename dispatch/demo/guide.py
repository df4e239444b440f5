"""What the example park has added to the guide: windows, hours and people of every step, two forms to fill in."""

from datetime import datetime

from django.core.files.base import ContentFile

from approvals.models import PaperTemplate, StepContact
from dispatch.demo import names, office
from dispatch.demo.people import Cast

HALL = "云岭市民之家（示例）"
HOURS = "周一至周五 9:00–12:00，13:30–17:00"
OFFICE_HOURS = "周一至周五 8:30–12:00，14:00–17:30"
# unit → (window, address, hours, person): invented like everything here.
WINDOWS = {
    "shenpi": ("行政审批窗口 A05", f"{HALL}二楼 A 区 05 号窗口", HOURS, "梁若溪"),
    "huanbao": ("生态环境窗口 B02", f"{HALL}二楼 B 区 02 号窗口", HOURS, "佟景和"),
    "jingfa": ("经济发展窗口 A08", f"{HALL}二楼 A 区 08 号窗口", HOURS, "裴砚秋"),
    "yingji": ("应急管理窗口 B06", f"{HALL}二楼 B 区 06 号窗口", HOURS, "霍思远"),
    "ziran": ("自然资源和规划窗口 C01", f"{HALL}三楼 C 区 01 号窗口", HOURS, "宋知微"),
    "budongchan": ("不动产登记窗口 C12", f"{HALL}三楼 C 区 12 号窗口", HOURS, "卫兰亭"),
    "jianshe": ("住建综合窗口 D03", f"{HALL}三楼 D 区 03 号窗口", HOURS, "容若谷"),
    "shizheng": ("水电气报装窗口 E01", f"{HALL}一楼 E 区 01 号窗口", HOURS, "简书宁"),
    "dongyuan": ("东园街道项目专班", "云岭高新区东园街道办事处 206 室（示例）", OFFICE_HOURS, "郝平川"),
}
ONLINE = {"S01": "https://www.tzxm.gov.cn/", "S20": "https://permit.mee.gov.cn/"}
NOTES = {"S06": "政府内部报批，企业不需要到窗口；想了解进度请打电话。"}
FIRST_NUMBER = 700


def write_guide(cast: Cast, *, at: datetime) -> None:
    """Contacts for every step that a unit of the park handles, and two templates."""
    place = {key: number for number, key in enumerate(WINDOWS)}
    StepContact.objects.bulk_create(
        _contact(cast, code, unit.key, names.phone(FIRST_NUMBER + place[unit.key]))
        for unit in names.UNITS
        for code in unit.steps
    )
    for code, title, file_name, content in templates():
        _template(cast, code, title, file_name, content, at)


def _contact(cast: Cast, code: str, unit: str, phone: str) -> StepContact:
    window, address, hours, person = WINDOWS[unit]
    return StepContact(
        park=cast.park, step_code=code, window_zh=window, address=address, hours=hours, contact_name=person,
        contact_phone=phone, online_url=ONLINE.get(code, ""), note=NOTES.get(code, ""),
    )  # fmt: skip


def templates() -> list[tuple[str, str, str, bytes]]:
    """(code of the paper, title, file name, content)."""
    declaration = office.docx(
        "项目符合产业政策的声明（样本）",
        [
            "项目名称：",
            "建设单位：",
            "统一社会信用代码：",
            "本项目符合国家产业政策，申报内容真实、准确、完整。",
            "单位盖章：",
            "日期：",
        ],
    )
    investment = office.xlsx(
        [
            ["投资构成", "金额（万元）", "说明"],
            ["土地", "", ""],
            ["建筑工程", "", ""],
            ["设备及安装", "", ""],
            ["合计", "", ""],
        ]
    )
    return [
        ("S01-D4", "产业政策声明样本", "产业政策声明样本.docx", declaration),
        ("S01-D3", "项目总投资构成表", "项目总投资构成表.xlsx", investment),
    ]


def _template(cast: Cast, code: str, title: str, file_name: str, content: bytes, at: datetime) -> None:
    row = PaperTemplate(park=cast.park, paper_code=code, title=title, original_name=file_name, updated_at=at)
    name = f"{cast.park.code}-{code}.{file_name.rpartition('.')[2]}"
    storage = row.file.storage
    storage.delete(row.file.field.generate_filename(row, name))  # left by an earlier run
    row.file.save(name, ContentFile(content))
