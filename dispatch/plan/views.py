"""Pages on which a plan is changed. Parse, fetch what is seen, call one action.

Preview before saving, for the chart and every form: POST ``dispatch:plan_preview`` (pk of the project) with ``key`` of a
task and any of ``duration_wd``, ``preparation_wd``, ``planned_on`` (the start a drag asks for), ``not_before_on``,
``fixed_on`` (ISO days, "" takes the value away), or with ``goal`` and ``target_on``, and ``version`` (of the plan, 0
without one). Nothing is saved. The answer is the fragment dispatch/plan/_knock_on.html (200; 422 when a value is wrong):
what moves, and a form with the same values that posts them to ``dispatch:plan_task`` (pk, key). There fields that were
not sent stay as they are.
"""
