// A lesson: questions that check themselves, and the place where reading stopped.
(() => {

  // The list of lessons stands open where there is a column for it.
  const toc = one("details.toc");
  if (toc && matchMedia("(min-width:56rem)").matches) toc.open = true;

  // Check yourself: says which choices are right. Nothing is sent or kept.
  const plain = (text) =>
    text.trim().toLowerCase().replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt() & 15).replace(/[,٫]/, ".");
  const fits = ({ value, dataset }) => {
    const said = plain(value);
    return dataset.answer.split("|").map(plain).some(
      (answer) => said === answer || (said && Math.abs(said - answer) <= (dataset.tolerance || 0))
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
      said.className = right ? "mark right" : "mark wrong";
      said.textContent = right ? "✓ " + words.rightLabel : "✕ " + words.wrongLabel;
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
      const chosen = all("input:checked", form);
      const filled = all("[data-answer]", form).filter((field) => field.value);
      if (!chosen.length && !filled.length) return one("input,select", form).focus();
      chosen.forEach((field) => mark(field.parentNode, "right" in field.parentNode.dataset));
      filled.forEach((field) => mark(field.parentNode, fits(field)));
      // The letters of a scenario's steps are not told apart.
      all(".why", details).forEach((why) => why.classList.toggle("yours",
        !("steps" in words) && chosen.some((field) => field.value === why.dataset.for)));
      details.open = true;
      details.tabIndex = -1;
      details.focus();
    });
  }

  // Where reading stopped: sent at most every 30 seconds, and when the page is put away.
  const lesson = one("article[data-place]");
  const token = one("[name=csrf_token]");
  if (!lesson || !token) return;
  const page = crypto.getRandomValues(new Uint32Array(4)).join("");
  let n = 0, since = Date.now(), seen = 0, sent = "";
  const note = () => {
    const { id: section = "" } =
      all("h2[id]", lesson).filter((h) => h.getBoundingClientRect().top < innerHeight / 2).pop() || {};
    const seconds = Math.round(seen / 1000);
    if (seconds < 2 || (section === sent && seconds < 60)) return;
    seen = 0;
    sent = section;
    fetch(lesson.dataset.place, {
      keepalive: true,
      method: "POST",
      body: new URLSearchParams({
        lesson: lesson.dataset.lesson, section, seconds, page, n: ++n, csrf_token: token.value
      })
    }).catch(() => {});
  };
  // Only the time during which the page is in sight counts; `since` is 0 while it is not.
  const tick = () => {
    if (since) {
      seen += Date.now() - since;
      note();
    }
    since = document.hidden ? 0 : Date.now();
  };
  setInterval(tick, 30000);
  addEventListener("visibilitychange", tick);
})();
