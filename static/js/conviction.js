// Keys on a conviction's page: j next, k previous, a accept, o override, c comment. Not while somebody is typing.
const shortcuts = {
  j: () => document.querySelector("[data-key=next]")?.click(),
  k: () => document.querySelector("[data-key=previous]")?.click(),
  a: () => document.querySelector("[data-key=accept]")?.focus(),
  o: () => document.querySelector("#id_outcome")?.focus(),
  c: () => document.querySelector("#id_text")?.focus(),
};
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in shortcuts)) return;
  event.preventDefault();
  shortcuts[event.key]();
});
