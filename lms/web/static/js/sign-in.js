// Signing in. While too many do, the page says so and sends again by itself what stands in the form:
// it is kept nowhere else. Without scripts the server's own page asks to press the button again.
(() => {
  let sending = false;
  const send = async (form) => {
    try {
      const reply = await fetch(form.action, {
        headers: { Accept: "text/html,application/json" },
        method: "POST",
        body: new URLSearchParams(new FormData(form))
      });
      const wait = reply.headers.get("Retry-After");
      if (reply.ok) {
        location.href = (await reply.json()).going_on;
        form.reset();
      } else if (reply.status === 503 && wait) {
        one("[role=status]", form).textContent = form.dataset.again;
        setTimeout(send, wait * 1000, form);
      } else {
        const page = new DOMParser().parseFromString(await reply.text(), "text/html");
        one("main").replaceWith(one("main", page));
        (one("[data-focus]") || form).focus();
        sending = false;
      }
    } catch (_) {
      form.submit();
    }
  };
  addEventListener("submit", (event) => {
    // A password that is shown is hidden before it goes: browsers remember what fields of text held.
    all("[data-shows]:checked").forEach((box) => box.click());
    const form = event.target, button = event.submitter || document.activeElement;
    if (!form.dataset.again || button.name) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    one("[role=status]", form).textContent = form.dataset.sending;
    send(form);
  });
})();
