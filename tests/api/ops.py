"""Acts of the API in a park with one of everything (tests.access.world): who, where, what, and what is true then.

``{name}`` in an address or body is the key of that kind of row. ``version``: of the row at its start, None for acts
without one. ``then``: fields of the answer.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Op:
    role: str
    method: str
    path: str
    data: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    status: int = 200
    then: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


PROJECT_POINT = {"title": "土地手续", "unit": "{unit}"}
OPS = [
    Op("staff", "post", "meetings/", {"kind": "half_month", "title": "半月调度", "held_on": "2026-03-16"}, status=201,
       then={"state": "planned", "title": "半月调度"}),
    Op("staff", "patch", "meetings/{meeting}/", {"place": "二楼", "reason": "改地点"}, 1, then={"place": "二楼"}),
    Op("staff", "post", "meetings/{meeting}/close/", {"summary": "完"}, 1, then={"state": "closed", "summary": "完"}),
    Op("staff", "post", "meetings/{meeting}/points/", PROJECT_POINT),
    Op("staff", "post", "meetings/{meeting}/invite/", {"person_name": "张三"}),
    Op("staff", "post", "meetings/{meeting}/rebuild/"),
    Op("staff", "post", "agenda-points/{point}/discuss/", {"text": "已议"}, 1, then={"discussion": "已议"}),
    Op("staff", "post", "agenda-points/{point}/settle/", {"verb": "note"}, 1, then={"state": "noted"}),
    Op("staff", "post", "agenda-points/{point}/shift/", {"up": True}),
    Op("staff", "post", "agenda-points/{point}/decide/", {"text": "限期", "unit": "{unit}", "due_on": "2026-04-01"}),
    Op("staff", "patch", "decisions/{decision}/", {"text": "改"}, 1, then={"text": "改"}),
    Op("staff", "post", "decisions/{decision}/withdraw/", {"reason": "误记"}, 1),
    Op("staff", "post", "seats/{seat}/mark/", {"state": "present"}, then={"state": "present"}),
    Op("leader", "post", "instructions/", {"text": "抓紧", "unit": "{unit}", "due_on": "2026-03-20"}, status=201,
       then={"text": "抓紧"}),
    Op("unit", "post", "response-cases/{response_case}/note/", {"text": "记"}, 1),
    Op("staff", "post", "duty-holders/", {"duty": "centre_head", "user": "{person}"}, status=201,
       then={"duty": "centre_head"}),
    Op("staff", "delete", "duty-holders/{duty}/", status=204),
    Op("staff", "patch", "warnings/rules/STEP_LATE/", {"note": "试", "is_enabled": False}, 1,
       then={"is_enabled": False, "is_own": True}),
    Op("unit", "patch", "visits/{visit}/", {"place": "车间"}, 1, then={"place": "车间"}),
    Op("staff", "post", "visit-grids/", {"name": "东片"}, status=201, then={"name": "东片", "enterprises": 0}),
    Op("staff", "patch", "visit-grids/{visit_grid}/", {"is_active": False}, then={"is_active": False}),
    Op("staff", "post", "visit-grids/{visit_grid}/places/", {"enterprises": ["{enterprise}"]}),
    Op("staff", "post", "planned-visits/make/", {"year": 2026, "quarter": 2}, status=201, then={"added": 2}),
    Op("staff", "patch", "planned-visits/{planned_visit}/", {"plan_on": "2026-03-20", "reason": "改期"}, 1,
       then={"plan_on": "2026-03-20"}),
    Op("staff", "post", "planned-visits/{planned_visit}/take-off/", {"reason": "停产"}, 1,
       then={"cancelled_reason": "停产"}),
    Op("staff", "patch", "measures/{measure}/", {"title": "好办法"}, 1, then={"title": "好办法"}),
    Op("staff", "post", "measures/{measure}/withdraw/", {"reason": "过时"}, 1, then={"withdrawn_reason": "过时"}),
    Op("staff", "post", "measures/{measure}/take-over/", {"item": "{ledger_item}", "item_version": 1}),
    Op("staff", "post", "appeals/{appeal}/answer/", {"is_upheld": False, "text": "无误"}, 1,
       then={"state": "rejected", "answer": "无误"}),
    Op("unit", "post", "appeals/{appeal}/withdraw/", {}, 1, then={"state": "withdrawn"}),
    Op("staff", "post", "weekly-briefs/{brief}/restate/", {"reason": "更正"}, 2, status=409),  # no fact has changed
    Op("staff", "post", "bulletins/{bulletin}/restate/", {"reason": "更正"}, then={"revision": 1, "state": "draft"}),
    Op("staff", "post", "filing-months/{filing_round}/lock/", {}, 1, then={"state": "locked"}),
    Op("staff", "post", "filing-months/{filing_round}/include/", {"project": "{project}"}, then={"filing": "{filing}"}),
    Op("staff", "post", "filings/filer/", {"project": "{project}", "organization": None}, status=201),
    Op("staff", "post", "element-needs/", {"project": "{project}", "year": 2027, "element": "land", "amount": "5"},
       status=201, then={"amount": "5.0000", "open": "5.0000"}),
    Op("unit", "patch", "element-needs/{element_need}/", {"secured": "10"}, 1, then={"secured": "10.0000"}),
    Op("staff", "post", "element-needs/{element_need}/drop/", {"reason": "不用"}, 1, status=204),
    Op("staff", "post", "funding/{funding_application}/move/", {"verb": "submit", "on": "2026-03-01"}, 1,
       then={"state": "submitted"}),
    Op("staff", "patch", "funding/{funding_application}/", {"title": "专项"}, 1, then={"title": "专项"}),
    Op("staff", "post", "plots/", {"name": "新地块", "area_mu": "12"}, status=201, then={"name": "新地块"}),
    Op("staff", "patch", "plots/{plot}/", {"due_on": "2026-05-01"}, 1, then={"due_on": "2026-05-01"}),
    Op("staff", "patch", "element-supplies/{supply}/", {"amount": "60"}, 1, then={"amount": "60.0000"}),
    Op("staff", "patch", "yearly-outputs/{output}/", {"tax_10k": "80"}, 1, then={"tax_10k": "80.0000"}),
    Op("staff", "post", "programmes/", {"first_year": 2027}, status=201, then={"first_year": 2027, "state": "draft"}),
    Op("staff", "post", "programmes/{programme}/entry/", {"entry": "{entry_pk}", "note": "快", "reason": "调整"}, 1,
       then={"version": 2}),
    Op("staff", "post", "programmes/{programme}/take-out/", {"entry": "{entry_pk}", "reason": "劣退"}, 1,
       then={"version": 2}),
    Op("staff", "patch", "group-starts/{group_start}/", {"title": "秋季"}, 1, then={"title": "秋季"}),
    Op("staff", "post", "group-starts/{group_start}/note/", {"place": "{place}", "note": "主场"}, 1),
    Op("staff", "post", "group-starts/{group_start}/take-out/", {"place": "{place}", "reason": "推迟"}, 1,
       then={"projects": []}),
    Op("staff", "post", "group-starts/{group_start}/cancel/", {"reason": "取消"}, 1, then={"state": "cancelled"}),
    Op("staff", "post", "projects/{project}/schedule/tasks/", {"name": "临电", "duration_wd": 5}, 1),
    Op("staff", "post", "projects/{project}/schedule/tasks/T1/drop/", {"reason": "不做"}, 1),
    Op("staff", "post", "plan-templates/", {"name": "快模板"}, status=201, then={"name": "快模板", "is_active": True}),
    Op("staff", "post", "plan-templates/{plan_template}/offer/", {"is_active": False}, 1, then={"is_active": False}),
    Op("staff", "post", "plan-rules/", {"base_version": 0, "note": "试", "params": {"with_soft": True}}, status=201,
       then={"version": 1}),
    Op("staff", "post", "figure-rules/", {"base_version": 0, "note": "试", "rates": {"starts": "to_date"}}, status=201),
    Op("unit", "post", "reports/", {"name": "清单", "dataset": "projects", "columns": ["name"]}, status=201,
       then={"name": "清单"}),
    Op("unit", "patch", "reports/{own_report}/", {"name": "新名", "columns": ["name"]}, 1, then={"name": "新名"}),
    Op("unit", "delete", "reports/{own_report}/", {}, 1, status=204),
    Op("unit", "post", "calendar-feeds/", {"name": "手机"}, status=201, then={"name": "手机"}),
    Op("unit", "post", "notices/{notice}/read/"),
    Op("staff", "patch", "notice-robots/{robot}/", {"is_enabled": False}, then={"is_enabled": False}),
    Op("staff", "delete", "notice-robots/{robot}/", status=204),
    Op("staff", "patch", "notice-words/ledger_assigned/zh-hans/", {"subject": "交办", "text": ""}, 0,
       then={"subject": "交办", "version": 1}),
    Op("unit", "patch", "notice-choice/", {"version": 0, "digest_at": "09:00"}, then={"digest_at": "09:00:00"}),
    Op("unit", "post", "ledger-comments/{comment}/take-back/", then={"text": ""}),
    Op("staff", "post", "projects/{project}/year-plan/", {"year": 2026, "planned_10k": "1200"}, 1),
    Op("staff", "post", "projects/{project}/team/", {"role": "leader", "person_name": "王"}, 1, then={"version": 2}),
    Op("staff", "post", "services/{service}/cancel/", {"reason": "误"}, then={"cancelled_reason": "误"}),
    Op("staff", "post", "signed-links/", {"project": "{project}", "holder_name": "李经理", "days": 30}, status=201,
       then={"holder_name": "李经理"}),
    Op("staff", "post", "signed-links/{link}/withdraw/"),
    Op("staff", "post", "joint-reviews/{joint_review}/cancel/", {"reason": "分办"}, 1, then={"state": "cancelled"}),
]  # fmt: skip
