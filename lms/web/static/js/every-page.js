// Every page works without this file; it only makes working pages nicer. docs/design.md says what.
"use strict";
(() => {
  const one = (what, inside = document) => inside.querySelector(what);

  // Pop-ups close on Escape, which gives the focus back, and on a click elsewhere.
  const close = (except) => {
    for (const pop of document.querySelectorAll(".pop[open]")) pop.open = pop === except;
  };
  addEventListener("click", (event) => close(event.target.closest(".pop")));
  addEventListener("keydown", (event) => {
    const open = one(".pop[open]");
    if (event.key === "Escape" && open) {
      close();
      one("summary", open).focus();
    }
  });

  // A refused form: to the list of what is wrong with it.
  const wrong = one("[data-focus]");
  if (wrong) wrong.focus();

  // Answers of a test that still wait in this browser are sent from whatever page is open.
  try {
    if (localStorage.outbox && !one("script[src*=quiz]")) {
      const rest = document.createElement("script");
      rest.src = new URL("./answers.js", document.currentScript.src);
      document.head.append(rest);
    }
  } catch (_) {
    // No storage: nothing waits.
  }
})();
