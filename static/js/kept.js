// Puts what was sent from a locked page back into its form. Nothing is stored in the browser: it comes with the page.
const kept = JSON.parse(document.getElementById("kept").textContent);
const notice = document.getElementById("kept-notice");
const inputs = (form) => Array.from(form.elements).filter((each) => each.name && each.name !== "csrfmiddlewaretoken" && each.type !== "submit");
const isHidden = (input) => input.type === "hidden";

// The same form still says the same in what it doesn't show: lines, selection, the determination that was looked at.
// Asked by attribute: a field may itself be named "action".
const asItWas = (form) =>
  form.getAttribute("method") === "post" &&
  new URL(form.getAttribute("action") ?? "", location.href).pathname === kept.action &&
  inputs(form).filter(isHidden).every((input) => (kept.fields[input.name] ?? []).includes(input.value));

const form = Array.from(document.querySelectorAll("#main form")).find(asItWas);
if (form) {
  const left = Object.fromEntries(Object.entries(kept.fields).map(([name, values]) => [name, [...values]]));
  inputs(form).filter((input) => !isHidden(input)).forEach((input) => {
    if (["checkbox", "radio"].includes(input.type)) input.checked = (left[input.name] ?? []).includes(input.value);
    else if (left[input.name]?.length) input.value = left[input.name].shift();
  });
  for (let around = form.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  form.querySelector("textarea, input:not([type=hidden]), select")?.focus();
} else {
  notice.querySelector("[data-kept=back]").hidden = true;
  const gone = notice.querySelector("[data-kept=gone]");
  gone.hidden = false;
  Object.values(kept.fields).flat().filter((text) => text.includes(" ")).forEach((text) => {
    const quote = document.createElement("blockquote");
    quote.textContent = text;
    gone.append(quote);
  });
}
