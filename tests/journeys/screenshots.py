"""``python -m tests.journeys.screenshots ADDRESS``: the README's pictures, from a running example park.

Needs Chromium with a Chinese font. Writes docs/screenshots/*.png.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools import browsers

PASSWORD = "yunling-2026-shifan"
FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "screenshots"
DESK = {"width": 1280, "height": 800}
SHEET = {"width": 1280, "height": 1060}
PHONE = {"width": 390, "height": 844}
# name of the picture → (account, screen, address, links followed from there)
PICTURES = {
    "desk": ("zhuanyuan", DESK, "/", ()),
    "projects": ("zhuanyuan", DESK, "/projects/", ()),
    "steps": ("zhuanyuan", SHEET, "/projects/?light=red", ("table.grid tbody th a", "main a[href*='tab=steps']")),
    "map": ("zhuanyuan", SHEET, "/guide/yunling/", ()),
    "figures": ("zhuanyuan", DESK, "/figures/steps/", ()),
    "step": ("zhuanyuan", DESK, "/warnings/", ("td a[href*='/steps/']",)),
    "dashboard": ("lingdao", DESK, "/dashboard/", ()),
    "bulletin": ("zhongxin", DESK, "/bulletins/", ("main tbody th a", "main a[href*='annex=1']")),
    "brief": ("lingdao", SHEET, "/briefs/", ("table.grid tbody th a",)),
    "ranking": ("lingdao", SHEET, "/rankings/", ("table.grid tbody th a",)),
    "plan": ("zhongxin", SHEET, "/projects/?q=益格", ("table.grid tbody th a", "main a[href*='tab=schedule']")),
    "levers": (
        "zhongxin",
        SHEET,
        "/projects/?q=益格",
        ("table.grid tbody th a", "main a[href*='tab=schedule']", "main a[href$='/levers/']"),
    ),
    "wall": ("lingdao", SHEET, "/wall/", ()),
    "rates": ("lingdao", SHEET, "/rates/", ()),
    "filing-phone": ("dongyuan", PHONE, "/filings/", ("main a[href$='/edit/']",)),
    "import": ("zhuanyuan", DESK, "/projects/import/new/", ()),
    "response": ("zhongxin", DESK, "/cases/?level=2", ("table.grid tbody th a",)),
    "minutes": (
        "zhongxin",
        SHEET,
        "/meetings/?kind=half_month",
        ("main a[href^='/meetings/1/']", "main a[href*='tab=minutes']"),
    ),
    "enterprise-phone": ("qiye", PHONE, "/enterprise/", ()),
    "ledger-phone": ("zhongxin", PHONE, "/ledger/", ("table.grid tbody th a",)),
}


def signed_in(browser: Browser, address: str, account: str, screen: dict[str, int]) -> Page:
    context = browser.new_context(
        base_url=address, viewport=screen, locale="zh-CN", timezone_id="Asia/Shanghai", is_mobile=screen is PHONE
    )
    page = context.new_page()
    page.goto("/accounts/sign-in/")
    page.fill("[name=username]", account)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def main(address: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.chromium(), args=browsers.FLAGS)
        for name, (account, screen, path, links) in PICTURES.items():
            page = signed_in(browser, address, account, screen)
            page.goto(path)
            for link in links:
                page.locator(link).first.click()
                page.wait_for_load_state()
                page.wait_for_timeout(400)
            page.screenshot(path=FOLDER / f"{name}.png")
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
