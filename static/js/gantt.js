// [data-gantt]: arrow keys move between the bars; with an address for previews a bar can be dragged, or moved with [ and ].
// What the change would move is shown in a dialog; nothing is saved before its button. Without this file bars are links.
const MS = 86400000;
const iso = (day) => new Date(day).toISOString().slice(0, 10);

class Calendar {
  constructor(box) {
    this.first = Date.parse(box.dataset.first);
    this.days = box.dataset.days;
    this.px = Number(box.dataset.px);
  }
  worked(day) {
    const letter = this.days[Math.round((day - this.first) / MS)];
    return letter === undefined ? new Date(day).getUTCDay() % 6 !== 0 : letter === "1";
  }
  // The n-th working day after the day, before it when n is negative.
  add(day, n) {
    const step = n < 0 ? -MS : MS;
    for (let left = Math.abs(n); left > 0;) {
      day += step;
      if (this.worked(day)) left -= 1;
    }
    return day;
  }
  near(day, direction) {
    while (!this.worked(day)) day += direction < 0 ? -MS : MS;
    return day;
  }
  count(from, to) {
    const [low, high] = from < to ? [from, to] : [to, from];
    let n = 0;
    for (let day = low + MS; day <= high; day += MS) if (this.worked(day)) n += 1;
    return from < to ? n : -n;
  }
}

class Chart {
  constructor(box) {
    this.box = box;
    this.calendar = new Calendar(box);
    this.bars = [...box.querySelectorAll(".g-task")];
    this.can = Boolean(box.dataset.preview);
    this.shift = 0;
    this.dragged = false;
    for (const [number, bar] of this.bars.entries()) {
      bar.setAttribute("tabindex", number ? "-1" : "0");
      bar.addEventListener("focus", () => {
        this.choose(bar);
        if (bar.matches(":focus-visible")) this.reveal(bar);
      });
      bar.addEventListener("keydown", (event) => this.key(event, bar));
      bar.addEventListener("click", (event) => this.click(event, bar));
      bar.addEventListener("dragstart", (event) => event.preventDefault());
      if (this.can && matchMedia("(pointer: fine) and (min-width: 48rem)").matches) this.draggable(bar);
    }
    this.toToday();
  }

  toToday() {
    const today = this.box.querySelector(".gantt-field .g-flag-today");
    const field = this.box.querySelector(".gantt-box");
    if (!today || field.scrollWidth <= field.clientWidth) return;
    const x = Number(/M([\d.]+)/.exec(today.getAttribute("d"))[1]);
    field.scrollLeft = Math.max(0, x - field.clientWidth / 3);
  }

  // Scrolls the box sideways until the bar is in sight.
  reveal(bar) {
    const field = this.box.querySelector(".gantt-box"), shape = bar.querySelector(".g-bar, .g-point");
    if (!shape) return;
    const left = field.getBoundingClientRect().left + this.box.querySelector(".gantt-names").offsetWidth;
    const place = shape.getBoundingClientRect(), room = field.getBoundingClientRect().right;
    if (place.left < left || place.left > room - 40) field.scrollLeft += place.left - left - (room - left) / 4;
  }

  choose(bar) {
    if (this.bar !== bar) this.forget();
    this.bar = bar;
    for (const other of this.bars) other.setAttribute("tabindex", other === bar ? "0" : "-1");
    for (const name of this.box.querySelectorAll("[data-name]")) name.classList.toggle("is-here", name.dataset.name === bar.dataset.key);
    for (const wire of this.box.querySelectorAll(".g-wire")) {
      wire.classList.toggle("is-here", wire.dataset.before === bar.dataset.key || wire.dataset.after === bar.dataset.key);
    }
  }

  key(event, bar) {
    const at = this.bars.indexOf(bar);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.bars.length - 1 }[event.key];
    if (to !== undefined && !event.shiftKey) {
      event.preventDefault();
      this.bars[Math.min(Math.max(to, 0), this.bars.length - 1)]?.focus();
    } else if (event.key === "Escape") {
      this.forget();
    } else if (event.key === "Enter" && this.shift) {
      event.preventDefault();
      this.preview(bar, this.moved(bar, this.shift), bar);
    } else {
      const step = { "[": -1, "]": 1 }[event.key] ?? (event.shiftKey ? { ArrowLeft: -1, ArrowRight: 1 }[event.key] : undefined);
      if (step === undefined || !this.can || !bar.dataset.start) return;
      event.preventDefault();
      this.shift += step;
      this.show(bar, this.shift);
    }
  }

  click(event, bar) {
    if (this.dragged) {
      event.preventDefault();
      this.dragged = false;
    } else if (bar.getAttribute("href").startsWith("#") && event.detail) {
      bar.focus();
    }
  }

  start(bar) { return Date.parse(bar.dataset.start); }

  // So many working days later, as fields of the preview.
  moved(bar, n) {
    const from = this.start(bar);
    return { planned_on: iso(n ? this.calendar.add(from, n) : from) };
  }

  show(bar, n, edge = false) {
    const c = this.calendar, from = edge ? Date.parse(bar.dataset.finish) : this.start(bar);
    const to = n ? c.add(from, n) : from;
    const shape = bar.querySelector(".g-moves");
    if (!edge) shape?.setAttribute("transform", `translate(${((to - from) / MS) * c.px} 0)`);
    else {
      const rect = bar.querySelector(".g-bar");
      this.width ??= Number(rect.getAttribute("width"));
      rect.setAttribute("width", Math.max(2, this.width + ((to - from) / MS) * c.px));
    }
    this.tip ??= this.box.appendChild(Object.assign(document.createElement("output"), { className: "gantt-tip" }));
    this.tip.textContent = edge ? `${iso(to)} (${n > 0 ? "+" : ""}${n})` : iso(to);
    const place = (bar.querySelector(".g-bar, .g-point") ?? bar).getBoundingClientRect(), box = this.box.getBoundingClientRect();
    this.tip.style.left = `${Math.min(Math.max(place.left - box.left, 0), box.width - 110)}px`;
    this.tip.style.top = `${place.top - box.top - 28}px`;
  }

  forget() {
    this.shift = 0;
    this.tip?.remove();
    this.tip = undefined;
    for (const shape of this.box.querySelectorAll(".g-moves[transform]")) shape.removeAttribute("transform");
    if (this.width !== undefined) this.bar?.querySelector(".g-bar")?.setAttribute("width", this.width);
    this.width = undefined;
  }

  draggable(bar) {
    bar.addEventListener("pointerdown", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const edge = Boolean(event.target.closest(".g-edge"));
      if (edge ? !bar.dataset.duration : !(bar.dataset.start && event.target.closest(".g-moves"))) return;
      this.drag(bar, event, edge);
    });
  }

  drag(bar, down, edge) {
    let n = 0, moves = false;
    const c = this.calendar, from = edge ? Date.parse(bar.dataset.finish) : this.start(bar);
    const stop = new AbortController(), on = { signal: stop.signal };
    const end = (keep) => {
      stop.abort();
      bar.classList.remove("is-dragged");
      setTimeout(() => { this.dragged = false; });  // let go elsewhere no click of the bar follows
      if (!keep || !n) return this.forget();
      const fields = edge ? { duration_wd: Math.max(0, Number(bar.dataset.duration) + n) } : this.moved(bar, n);
      this.preview(bar, fields, bar);
    };
    addEventListener("pointermove", (event) => {
      const distance = event.clientX - down.clientX;
      if (!moves && Math.abs(distance) < 4) return;
      if (!moves) {
        this.choose(bar);
        bar.classList.add("is-dragged");
      }
      moves = this.dragged = true;
      const day = from + Math.round(distance / c.px) * MS;
      n = c.count(from, c.near(day, distance));
      if (edge) n = Math.max(n, -Number(bar.dataset.duration));
      this.show(bar, n, edge);
    }, on);
    addEventListener("pointerup", () => end(true), on);
    addEventListener("pointercancel", () => end(false), on);
    addEventListener("keydown", (event) => event.key === "Escape" && end(false), on);
  }

  async preview(bar, fields, back) {
    const body = new URLSearchParams({ key: bar.dataset.key, version: this.box.dataset.version, ...fields });
    let text = "";
    try {
      const answer = await fetch(this.box.dataset.preview, {
        method: "POST", body, headers: { "X-CSRFToken": this.box.dataset.csrf, "HX-Request": "true" },
      });
      if (answer.ok || answer.status === 422 || answer.status === 409) text = await answer.text();
    } catch { /* told below */ }
    this.ask(text, back);
  }

  ask(text, back) {
    const data = this.box.dataset, dialog = document.createElement("dialog");
    dialog.className = "dialog gantt-dialog";
    const heading = Object.assign(document.createElement("h2"), { id: "gantt-dialog-title", textContent: data.title });
    const part = document.createElement("div");
    const page = new DOMParser().parseFromString(text, "text/html");
    part.append(...(text ? page.body.childNodes : [Object.assign(document.createElement("p"), { textContent: data.failed })]));
    dialog.setAttribute("aria-labelledby", heading.id);
    dialog.append(heading, part);
    if (!part.querySelector("[data-cancel]")) {
      const cancel = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-secondary", textContent: data.cancel });
      cancel.dataset.cancel = "";
      (part.querySelector("form .form-buttons") ?? part.querySelector("form") ?? part).append(cancel);
    }
    dialog.addEventListener("click", (event) => {
      if (!event.target.closest("[data-cancel]")) return;
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      this.forget();
      back.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    heading.tabIndex = -1;
    heading.focus();
  }
}

for (const box of document.querySelectorAll("[data-gantt]")) new Chart(box);
