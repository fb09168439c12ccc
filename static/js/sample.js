// Keys on a conviction of a sample: each presses or enters what carries it as data-key. Not while somebody is typing, and
// once however long a key is held, so that none is marked unseen.
document.querySelector("#id_comment")?.setAttribute("data-key", "w");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const keyed = Array.from(document.querySelectorAll("[data-key]")).find((each) => each.dataset.key === event.key);
  if (!keyed) return;
  event.preventDefault();
  if (keyed.matches("textarea")) keyed.focus();
  else keyed.click();
});
