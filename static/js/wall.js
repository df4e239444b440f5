// The wall on a projector: fetches the next page every so many seconds; while paused, the same page. Space pauses, the
// arrows turn pages. When nothing comes, the old picture stays and says how old it is. Without this file the page
// refreshes itself.
let paused = false;
let timer = 0;

const screen = () => document.querySelector("[data-wall-screen]");

function plan() {
  clearTimeout(timer);
  timer = setTimeout(() => show(paused ? "here" : "next"), Number(screen().dataset.seconds) * 1000);
}

function lost() {
  screen().querySelector("[data-lost]").hidden = false;
  plan();
}

function show(which) {
  const here = screen();
  clearTimeout(timer);
  htmx.ajax("GET", location.pathname + here.dataset[which], { source: here, target: here, swap: "outerHTML" });
}

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(failure, (event) => {
    if (!event.target.closest("[data-wall-screen]")) return;
    event.stopPropagation();
    lost();
  });
}

document.body.addEventListener("htmx:afterSettle", () => {
  if (!screen()) return location.reload();
  screen().querySelector("[data-paused]").hidden = !paused;
  plan();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowRight") show("next");
  else if (event.key === "ArrowLeft") show("previous");
  else if (event.key === " ") {
    paused = !paused;
    screen().querySelector("[data-paused]").hidden = !paused;
  } else return;
  event.preventDefault();
});

plan();
