// Every page works without this file; it only makes working pages nicer. docs/design.md says what.
"use strict";
(() => {
  const all = (what, inside = document) => [...inside.querySelectorAll(what)];
  const one = (what, inside = document) => inside.querySelector(what);
  const focus = (place) => {
    place.tabIndex = -1;
    place.focus();
  };

  // Pop-ups close on Escape, which gives the focus back, and on a click elsewhere.
  const close = (except) =>
    all(".pop[open]").forEach((pop) => {
      if (pop !== except) pop.open = false;
    });
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
  if (wrong) focus(wrong);

  // The list of lessons stands open where there is a column for it.
  const toc = one("details.toc");
  if (toc && matchMedia("(min-width:56rem)").matches) toc.open = true;

  // Check yourself: says which choices are right. Nothing is sent or kept.
  const plain = (text) =>
    text.trim().toLowerCase().replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt() & 15).replace(/[,٫]/, ".");
  const fits = (field) => {
    const said = plain(field.value);
    const off = field.dataset.tolerance;
    return field.dataset.answer.split("|").map(plain).some(
      (answer) => said === answer || (said && Math.abs(said - answer) <= off)
    );
  };
  for (const form of all("form[data-check]")) {
    const words = form.dataset;
    const details = one("details", form);
    const clear = () => all(".mark", form).forEach((mark) => {
      mark.parentNode.classList.remove("yes", "no");
      mark.remove();
    });
    const mark = (row, right) => {
      const said = document.createElement("b");
      said.className = "mark " + (right ? "right" : "wrong");
      said.textContent = (right ? "✓ " : "✕ ") + (right ? words.rightLabel : words.wrongLabel);
      row.classList.add(right ? "yes" : "no");
      row.append(said);
    };
    const button = document.createElement("button");
    button.className = "btn alt sm";
    button.textContent = words.checkLabel;
    details.before(button);
    form.addEventListener("change", clear);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clear();
      const chosen = all(":checked", form).filter((field) => field.type);
      const filled = all("[data-answer]", form).filter((field) => field.value);
      if (!chosen.length && !filled.length) return one("input,select", form).focus();
      chosen.forEach((field) => mark(field.parentNode, "right" in field.parentNode.dataset));
      filled.forEach((field) => mark(field.parentNode, fits(field)));
      const letters = words.kind === "scenario" ? [] : chosen.map((field) => field.value);
      all(".why", details).forEach((why) =>
        why.classList.toggle("yours", letters.includes(why.dataset.for)));
      details.open = true;
      focus(details);
    });
  }

  // Answers of a test that still wait in this browser are sent from whatever page is open.
  try {
    if (localStorage.outbox && !one("script[src*='/quiz.']")) {
      const quiz = document.createElement("script");
      quiz.src = new URL("./quiz.js", document.currentScript.src);
      document.head.append(quiz);
    }
  } catch (_) { /* no storage, or a file without a server: nothing waits */ }

  // Where reading stopped: sent at most every 30 seconds, and when the page is put away.
  const lesson = one("article[data-place]");
  const token = one("[name=csrf_token]");
  if (!lesson || !token) return;
  const page = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
  let n = 0, since = Date.now(), seen = 0, sent = "", section = "";
  const look = () => {
    const passed = all("h2[id]", lesson).filter((h) => h.getBoundingClientRect().top < innerHeight / 2);
    section = passed.length ? passed.pop().id : "";
  };
  const tick = () => {
    if (!document.hidden) seen += Date.now() - since;
    since = Date.now();
  };
  const note = () => {
    look();
    const seconds = Math.round(seen / 1000);
    if (seconds < 2 || (section === sent && seconds < 60)) return;
    seen = 0;
    sent = section;
    fetch(lesson.dataset.place, {
      method: "POST",
      keepalive: true,
      body: new URLSearchParams({
        lesson: lesson.dataset.lesson, section, seconds, page, n: ++n, csrf_token: token.value
      })
    }).catch(() => {});
  };
  setInterval(() => {
    tick();
    if (!document.hidden) note();
  }, 30000);
  addEventListener("visibilitychange", () => {
    if (!document.hidden) since = Date.now();
    else {
      seen += Date.now() - since;
      note();
    }
  });
})();
