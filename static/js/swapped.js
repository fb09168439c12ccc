// A refusal in plain words (403, 404, 409, 422) is a page part like any other and is shown in place.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 404, 409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// A page that asks again by itself (no click, key or form behind the request) does not keep an unattended session open.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.triggeringEvent) {
    event.detail.headers["X-Background"] = "yes";
  }
});
