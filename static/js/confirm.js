// <a data-confirm href="…/confirm/"> shows the form of that page in a dialog; anything unexpected follows the link.
async function formOf(link) {
  const answer = await fetch(link.href, { headers: { "X-Requested-With": "dialog" } });
  if (!answer.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector("form.confirm");
  if (!form) return null;
  // A form without an address posts to its own page, which inside the dialog is another one.
  form.action = form.getAttribute("action") || link.href;
  return { form, title: page.querySelector("h1")?.textContent.trim() ?? "" };
}

function show({ form, title }, link) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = document.createElement("h2");
  heading.id = "dialog-title";
  heading.textContent = title;
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(heading, form);
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-cancel]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("textarea, input:not([type=hidden]), [data-cancel]")?.focus();
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-confirm]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  try {
    const found = await formOf(link);
    if (found) show(found, link);
    else location.assign(link.href);
  } catch {
    location.assign(link.href);
  }
});

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
