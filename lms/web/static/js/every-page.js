// Every page works without this file; it only makes working pages nicer. docs/design.md says what.
(() => {
  // Pop-ups close on Escape, which gives the focus back, and on a click elsewhere.
  const close = (except) => {
    for (const pop of all(".pop[open]")) pop.open = pop === except;
  };
  // Ticking "Show what I type" shows a password, the next click hides it; so does sign-in.js.
  addEventListener("click", ({ target }) => {
    close(target.closest(".pop"));
    if (target.dataset.shows) one(target.dataset.shows).type = target.checked ? "text" : "password";
  });
  addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && one(".pop[open] summary");
    if (open) {
      close();
      open.focus();
    }
  });

  // A refused form: to the list of what is wrong with it.
  const wrong = one("[data-focus]");
  if (wrong) wrong.focus();

  // Answers of a test that still wait in this browser are sent from whatever page is open.
  try {
    if (localStorage.outbox && !one("[src*=quiz]")) {
      const rest = document.createElement("script");
      rest.src = new URL("./answers.js", document.currentScript.src);
      document.head.append(rest);
    }
  } catch (_) {
    // No storage: nothing waits.
  }
})();
