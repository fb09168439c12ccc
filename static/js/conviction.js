// Working through the queue: single keys, the next page fetched ahead so that a decision shows it at once.
const main = document.getElementById("main");
const find = (selector) => main.querySelector(selector);
let ahead = null; // the next of the queue: its id, its address, and the promise of its page
let deciding = false;

function fetchAhead() {
  const link = find("[data-ahead]");
  if (!link || !find("[data-keys]")) { ahead = null; return; }
  // X-Background: sending it is no act of the person's. A locked session answers with another page, which is no use.
  const page = fetch(link.href, { headers: { "X-Prefetch": "yes", "X-Background": "yes" } })
    .then((answer) => (answer.ok && !answer.redirected ? answer.text() : null))
    .catch(() => null);
  ahead = { id: link.dataset.ahead, address: link.href, page };
}

// The page that was fetched ahead takes the place of this one; the server hears that it is open and says who else has it.
function show(text, address, said) {
  const page = new DOMParser().parseFromString(text, "text/html");
  main.replaceChildren(...page.getElementById("main").childNodes);
  document.title = page.title;
  history.pushState(null, "", address);
  htmx.process(main);
  if (said) {
    find("[data-undo]").hidden = false;
    find("[data-undo-said]").textContent = `Last: ${said}`;
  }
  const heading = find("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  const elsewhere = find("[data-elsewhere]");
  fetch(elsewhere.dataset.elsewhere, { method: "POST", headers: { "X-CSRFToken": token() } })
    .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
    .then((told) => { if (told) elsewhere.innerHTML = told; });
  fetchAhead();
}

const token = () => find("[name=csrfmiddlewaretoken]").value;

// Whatever isn't "done, and the next one is the one fetched ahead" is left to the browser: errors, conflicts, a lock.
async function decide(form) {
  const text = ahead && await ahead.page;
  if (!text) { form.submit(); return; }
  const headers = { "X-Next-Known": ahead.id };
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers, redirect: "manual" });
  if (answer.status !== 204) { form.submit(); return; }
  const next = answer.headers.get("X-Next");
  if (new URL(next, location.href).href === ahead.address) show(text, next, answer.headers.get("X-Said") || form.dataset.decides);
  else location.assign(next);
}

main.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-decides]")) return;
  event.preventDefault();
  if (deciding) return;
  deciding = true;
  decide(event.target).finally(() => { deciding = false; });
});

async function goOn() {
  const text = ahead && await ahead.page;
  if (text) show(text, ahead.address, "");
  else find("[data-key=next]")?.click();
}

function openOverride() {
  const details = find("[data-key=override]");
  if (!details) return;
  details.open = true;
  find("#id_listed").focus();
}

const shortcuts = {
  a: () => find("[data-key=accept]")?.requestSubmit(),
  o: openOverride,
  s: goOn,
  j: goOn,
  k: () => find("[data-key=previous]")?.click(),
  n: () => find("#id_text")?.focus(),
  u: () => { if (!find("[data-undo]").hidden) find("[data-undo]").requestSubmit(); },
};

// A reason that leaves only one outcome chooses it as well; else the outcomes are next.
function chooseOutcome(reason) {
  const outcome = find("#id_outcome");
  const fitting = (reason.dataset.outcomes || "").split(" ").filter(Boolean);
  if (fitting.length === 1) outcome.value = fitting[0];
  else { outcome.value = ""; outcome.focus(); }
}

// A number chooses in the override's two lists and goes on; Enter in them overrides. Ctrl and Enter sends a note.
function chooses(event) {
  const list = event.target.closest("#id_outcome, #id_listed");
  if (event.key === "Enter" && (list || (event.ctrlKey && event.target.matches("textarea")))) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return true;
  }
  const number = Number(event.key);
  if (!list || !number || number >= list.options.length) return false;
  event.preventDefault();
  list.selectedIndex = number;
  if (list.id === "id_listed") chooseOutcome(list.selectedOptions[0]);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (chooses(event)) return;
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const keys = find("[data-keys]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in shortcuts)) return;
  if (keys?.dataset.keys === "off" || deciding) return;
  event.preventDefault();
  shortcuts[event.key]();
});

main.addEventListener("click", (event) => {
  if (!event.target.matches("[data-turn-keys]")) return;
  const keys = find("[data-keys]");
  keys.dataset.keys = keys.dataset.keys === "on" ? "off" : "on";
  event.target.setAttribute("aria-pressed", String(keys.dataset.keys === "on"));
  const body = new URLSearchParams({ on: keys.dataset.keys === "on" ? "yes" : "no" });
  fetch(keys.dataset.turn, { method: "POST", body, headers: { "X-CSRFToken": token() } });
});

window.addEventListener("popstate", () => location.reload());
fetchAhead();
