// The board on a wall: Escape leads back. The server asks the browser to come again every five minutes.
document.addEventListener("keydown", (event) => {
  const back = document.querySelector("a[data-leave]");
  if (event.key === "Escape" && back) location.assign(back.href);
});
