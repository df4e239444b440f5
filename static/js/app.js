// Starts the small behaviours of every page. Without this file each page still works.
import "./confirm.js";
import "./copy.js";
import "./table.js";
import "./autosubmit.js";
import "./file_drop.js";
import "./visit.js";
import "./filing.js";
import { toast } from "./toast.js";

document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle-nav]");
  if (toggle) {
    const open = toggle.closest(".topbar").classList.toggle("mainnav-open");
    toggle.setAttribute("aria-expanded", String(open));
  }
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A link that takes the page's heading along as its title.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-with-heading]");
  const heading = document.querySelector("h1")?.textContent.trim();
  if (!link || !heading) return;
  const address = new URL(link.href);
  address.searchParams.set("title", heading.slice(0, 200));
  link.href = address.href;
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => toast(document.body.dataset.errorText, "error"));
}
