// [data-filing-sum="1200"]: shows what the year comes to while the month is typed into [data-filing-month]. The server
// counts again; without this file nothing is shown. Amounts have up to four decimals, so they are added as whole numbers.
const SCALE = 10000n;

function whole(text) {
  const found = /^(-?)(\d+)(?:\.(\d{0,4}))?$/.exec(text.trim());
  if (!found) return null;
  const value = BigInt(found[2]) * SCALE + BigInt((found[3] || "").padEnd(4, "0"));
  return found[1] ? -value : value;
}

function shown(value) {
  const sign = value < 0n ? "-" : "", size = value < 0n ? -value : value;
  const rest = String(size % SCALE).padStart(4, "0").replace(/0+$/, "");
  const front = String(size / SCALE).replace(/\B(?=(\d{3})+$)/g, ",");
  return sign + front + (rest ? "." + rest : "");
}

for (const line of document.querySelectorAll("[data-filing-sum]")) {
  const field = line.closest("form").querySelector("[data-filing-month]");
  const before = whole(line.dataset.filingSum);
  const show = () => {
    const month = whole(field.value);
    line.hidden = month === null || before === null;
    if (!line.hidden) line.querySelector("[data-filing-total]").textContent = shown(before + month);
  };
  field.addEventListener("input", show);
  show();
}
