// Signing in. While too many do, the page says so and sends again by itself what stands in the form:
// it is kept nowhere else. Without scripts the server's own page asks to press the button again.
"use strict";
(() => {
  const one = (what, inside = document) => inside.querySelector(what);
  let sending = false;
  const send = (form) => Promise.resolve().then(() => fetch(form.action, {
    headers: { Accept: "text/html,application/json" },
    method: "POST",
    credentials: "same-origin",
    body: new URLSearchParams(new FormData(form))
  })).then((reply) => {
    const wait = reply.headers.get("Retry-After");
    if (reply.ok) return reply.json().then((said) => {
      location.href = said.going_on;
      form.reset();
    });
    if (reply.status !== 503 || !wait) return reply.text().then((text) => {
      const page = new DOMParser().parseFromString(text, "text/html");
      one("main").replaceWith(one("main", page));
      (one("[data-focus]") || form).focus();
      sending = false;
    });
    one("[role=status]", form).textContent = form.dataset.again;
    setTimeout(send, wait * 1000, form);
  }).catch(() => form.submit());
  addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter || document.activeElement;
    if (!form.dataset.again || button.name) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    one("[role=status]", form).textContent = form.dataset.sending;
    send(form);
  });
})();
