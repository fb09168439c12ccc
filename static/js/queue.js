// The box at the head of the queue ticks every row of the page; "All … of this filter" takes the rows' own boxes out of play.
document.querySelectorAll("[data-selection]").forEach((form) => {
  const whole = form.querySelector("[data-whole-page]");
  const everything = form.querySelector("[name=everything]");
  if (!whole || !everything) return;
  const rows = Array.from(form.querySelectorAll("[name=row]"));
  whole.addEventListener("change", () => rows.forEach((row) => { row.checked = whole.checked; }));
  everything.addEventListener("change", () => [whole, ...rows].forEach((box) => { box.disabled = everything.checked; }));
});
