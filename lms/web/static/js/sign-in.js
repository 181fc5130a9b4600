// Signing in. While too many do, the page says so and sends again by itself what stands in the form:
// it is kept nowhere else. Without scripts the server's own page asks to press the button again.
"use strict";
(() => {
  const one = (what, inside = document) => inside.querySelector(what);
  let sending = false;
  const send = async (form) => {
    try {
      const reply = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "text/html,application/json" },
        body: new URLSearchParams(new FormData(form))
      });
      const wait = reply.headers.get("Retry-After");
      if (reply.status === 503 && wait) {
        one("[role=status]", form).textContent = form.dataset.again;
        setTimeout(send, wait * 1000, form);
      } else if (reply.ok) {
        location.href = (await reply.json()).going_on;
        form.reset();
      } else {
        const page = new DOMParser().parseFromString(await reply.text(), "text/html");
        one("main").innerHTML = one("main", page).innerHTML;
        (one("[data-focus]") || form).focus();
        sending = false;
      }
    } catch (_) {
      form.submit();
    }
  };
  addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter || document.activeElement || {};
    if (!form.dataset.again || button.name) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    one("[role=status]", form).textContent = form.dataset.sending;
    send(form);
  });
})();
