// The form of a visit. [data-place]: a button that takes the phone's place; without it, or when the phone says no, the place
// is typed. form[data-draft]: what is typed stays in this browser's sessionStorage until the visit has arrived, so a lost
// connection loses nothing; nothing is sent anywhere. [data-draft-done]: the visit of that form has arrived.
const PREFIX = "draft:";

function startPlace(box) {
  if (!navigator.geolocation) return;
  const form = box.closest("form");
  const said = box.querySelector("[data-place-said]");
  box.hidden = false;
  box.querySelector("[data-place-take]").addEventListener("click", () => {
    said.textContent = box.dataset.textWaiting;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude.toFixed(6);
        form.elements.longitude.value = coords.longitude.toFixed(6);
        said.textContent = `${box.dataset.textTaken} (±${Math.round(coords.accuracy)} m)`;
        form.dispatchEvent(new Event("input"));
      },
      () => { said.textContent = box.dataset.textDenied; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

function fields(form) {
  return [...form.elements].filter((field) => field.name && !["file", "submit", "button"].includes(field.type)
    && field.name !== "csrfmiddlewaretoken" && !field.name.endsWith("_FORMS"));
}

function values(form) {
  return Object.fromEntries(fields(form).map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]));
}

function putBack(form, kept) {
  for (const field of fields(form)) {
    if (!(field.name in kept)) continue;
    if (field.type === "checkbox") field.checked = kept[field.name];
    else field.value = kept[field.name];
  }
  for (const row of form.querySelectorAll("details.finding-row")) {
    if ([...row.querySelectorAll("textarea")].some((field) => field.value)) row.open = true;
  }
}

function startDraft(form) {
  const key = PREFIX + form.dataset.draft;
  const first = JSON.stringify(values(form));
  const note = form.querySelector("[data-draft-note]");
  const kept = read(key);
  // A form that came back with errors holds what was typed; only an untouched one takes the draft.
  if (kept && !form.querySelector(".notice-error")) {
    putBack(form, kept);
    if (note) note.hidden = false;
  }
  form.addEventListener("input", () => write(key, values(form)));
  form.addEventListener("change", () => write(key, values(form)));
  form.querySelector("[data-draft-clear]")?.addEventListener("click", () => {
    drop(key);
    putBack(form, JSON.parse(first));
    if (note) note.hidden = true;
  });
}

// A browser may forbid storage: then there is no draft.
function read(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}

function write(key, kept) {
  try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch { /* no draft */ }
}

function drop(key) {
  try { sessionStorage.removeItem(key); } catch { /* no draft */ }
}

function forget(token) {
  let keys = [];
  try { keys = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)); } catch { return; }
  for (const key of keys) {
    if (read(key)?.token === token) drop(key);
  }
}

for (const box of document.querySelectorAll("[data-place]")) startPlace(box);
for (const form of document.querySelectorAll("form[data-draft]")) startDraft(form);
for (const done of document.querySelectorAll("[data-draft-done]")) forget(done.dataset.draftDone);
