// What a word means: shown while the pointer or the focus is on it or on what is shown, until both have left or Escape is
// pressed (WCAG 1.4.13). One box for the whole page, so that no table that scrolls by itself can cut it off.
const says = document.createElement("div");
says.id = "term-says";
says.className = "term-says";
says.role = "tooltip";
const MARGIN = 8;
const LEAVE_MS = 200;
let term = null;
let leaving = 0;

function place() {
  if (!term) return;
  if (!term.isConnected) { hide(); return; }
  const at = term.getBoundingClientRect();
  const right = document.documentElement.clientWidth - says.offsetWidth - MARGIN;
  const below = at.bottom + says.offsetHeight + MARGIN <= window.innerHeight || at.top < says.offsetHeight + MARGIN;
  says.style.left = `${Math.max(MARGIN, Math.min(at.left, right))}px`;
  says.style.top = `${below ? at.bottom : at.top - says.offsetHeight}px`;
}

function show(wanted) {
  clearTimeout(leaving);
  if (wanted === term) return;
  hide();
  term = wanted;
  says.textContent = term.dataset.says;
  (term.closest("main, header, footer") ?? document.body).append(says);
  term.setAttribute("aria-describedby", says.id);
  place();
}

function hide() {
  clearTimeout(leaving);
  term?.removeAttribute("aria-describedby");
  term = null;
  says.remove();
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(() => { if (term !== document.activeElement && !says.matches(":hover")) hide(); }, LEAVE_MS);
}

const termAt = (event) => (event.target instanceof Element ? event.target.closest(".term") : null);
for (const enters of ["mouseover", "focusin", "click"]) {
  document.addEventListener(enters, (event) => {
    if (termAt(event)) show(termAt(event));
    else if (event.target === says) clearTimeout(leaving);
  });
}
document.addEventListener("mouseout", (event) => { if (termAt(event) || event.target === says) leave(); });
document.addEventListener("focusout", (event) => { if (termAt(event)) leave(); });
document.addEventListener("pointerdown", (event) => { if (!termAt(event) && event.target !== says) hide(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
document.addEventListener("scroll", place, { capture: true, passive: true });
window.addEventListener("resize", place);
