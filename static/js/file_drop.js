// [data-file-drop] around an <input type="file">: shows that a file may be dropped, which one was chosen, and that it is
// being sent. form[data-max-bytes][data-too-large]: says so before anything is sent.
function area(event) {
  return event.target instanceof Element ? event.target.closest("[data-file-drop]") : null;
}

function name(drop) {
  const input = drop.querySelector("input[type=file]");
  const text = drop.querySelector("[data-file-name]");
  const file = input.files[0];
  drop.classList.toggle("has-file", Boolean(file));
  const most = Number(input.form?.dataset.maxBytes);
  input.setCustomValidity(file && most && file.size > most ? input.form.dataset.tooLarge : "");
  text.textContent = file ? `${file.name} · ${(file.size / 1024).toFixed(0)} KB` : text.dataset.empty;
}

document.addEventListener("dragover", (event) => {
  const drop = area(event);
  if (!drop) return;
  event.preventDefault();
  drop.classList.add("is-over");
});

document.addEventListener("dragleave", (event) => {
  const drop = area(event);
  if (drop && !drop.contains(event.relatedTarget)) drop.classList.remove("is-over");
});

document.addEventListener("drop", (event) => {
  const drop = area(event);
  if (!drop) return;
  event.preventDefault();
  drop.classList.remove("is-over");
  const input = drop.querySelector("input[type=file]");
  const files = new DataTransfer();
  if (event.dataTransfer.files[0]) files.items.add(event.dataTransfer.files[0]);
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  const drop = area(event);
  if (drop && event.target.matches("input[type=file]")) name(drop);
});

document.addEventListener("submit", (event) => {
  const drop = event.target.querySelector("[data-file-drop]");
  if (!drop || event.defaultPrevented || drop.querySelector("progress")) return;
  const progress = document.createElement("progress");
  progress.className = "file-drop-progress";
  drop.append(progress);
});
