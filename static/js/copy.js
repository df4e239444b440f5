// A button [data-copy="#field"] copies the field's text; it is hidden where the browser offers no clipboard.
import { toast } from "./toast.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value);
    toast(button.dataset.copied, "success");
  } catch {
    field.select();
  }
});
