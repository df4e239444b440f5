// Short notes in the corner: toast("Saved"), or from the server HX-Trigger: {"toast": {"text": "…", "kind": "success"}}.
const STAY_MS = 6000;

export function toast(text, kind = "info") {
  const note = document.createElement("div");
  note.className = `notice notice-${kind}`;
  const body = document.createElement("div");
  body.className = "notice-body";
  body.textContent = text;
  note.append(document.createElement("span"), body);
  document.getElementById("toasts")?.append(note);
  // An error stays until it is read and clicked away.
  note.addEventListener("click", () => note.remove());
  if (kind !== "error") setTimeout(() => note.remove(), STAY_MS);
}

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind));
