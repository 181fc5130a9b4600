// Alt+↓ goes to the next block; a block that was typed into is not left without asking.
// Without this script the links and buttons of the page do the same.
"use strict";
(() => {
  const form = document.querySelector(".block form#form");
  const typed = () => [...(form ? form.querySelectorAll("textarea") : [])]
    .some((field) => field.value !== field.defaultValue);
  if (form) {
    form.addEventListener("submit", () => (form.dataset.leaving = "yes"));
    addEventListener("beforeunload", (event) => {
      if (typed() && !form.dataset.leaving) event.preventDefault();
    });
  }
  addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!event.altKey || !step) return;
    const blocks = [...document.querySelectorAll(".block")];
    const here = blocks.findIndex((block) => block.contains(document.activeElement));
    const next = blocks[Math.max(0, here + step)];
    if (!next) return;
    event.preventDefault();
    next.scrollIntoView();
    const first = next.querySelector("textarea,a.btn");
    if (first) first.focus({ preventScroll: true });
  });
})();
