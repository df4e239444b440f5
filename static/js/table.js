// Keys of a list: "/" searches, j and k move over the rows of table[data-keys], Enter opens the first link of the row.
function typing(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

function move(step) {
  const rows = [...document.querySelectorAll("table[data-keys] tbody tr:not(.group)")];
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.classList.contains("is-here"));
  const next = Math.min(rows.length - 1, Math.max(0, here + step));
  rows[here]?.classList.remove("is-here");
  rows[next].classList.add("is-here");
  rows[next].scrollIntoView({ block: "nearest" });
  rows[next].querySelector("a")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector('input[name="q"], input[type="search"]');
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    move(event.key === "j" ? 1 : -1);
  } else if (event.key === "Enter" && event.target === document.body) {
    document.querySelector("tr.is-here a")?.click();
  }
});
