// The lesson beside its text: asked for anew from the server when the text was saved, and scrolled
// to where somebody writes. It only reads: an error leaves it as it was, and typing never waits.
"use strict";
(() => {
  const form = document.querySelector("form[data-saves]");
  const panel = document.querySelector("#follow");
  if (!form || !panel) return;
  const text = form.elements.text, shown = panel.querySelector("article");
  const box = document.querySelector("#follows");
  const line = navigator.connection || {};
  const slow = line.saveData || /2g/.test(line.effectiveType || "");
  let asking, kept = null;
  try { kept = localStorage.follow; } catch (_) { /* no storage: the switch forgets */ }

  const follow = () => {
    const before = text.value.slice(0, text.selectionEnd).match(/\{#[a-z0-9-]+\}/g);
    const here = before && document.getElementById("p." + before.pop().slice(2, -1));
    if (here && panel.contains(here)) panel.scrollTop = here.offsetTop - 8;
  };
  const ask = async () => {
    if (panel.hidden || document.hidden) return;
    if (asking) asking.abort();
    const mine = asking = new AbortController();
    const end = setTimeout(() => mine.abort(), 20000);
    try {
      const reply = await fetch(panel.dataset.from, { signal: mine.signal });
      const told = reply.ok && await reply.json();
      if (!told || mine !== asking) return;
      shown.innerHTML = told.html;
      for (const name of ["id", "for", "aria-labelledby"])
        for (const each of shown.querySelectorAll(`[${name}]`))
          each.setAttribute(name, "p." + each.getAttribute(name));
      follow();
    } catch (_) { /* what is shown stays */ } finally { clearTimeout(end); }
  };
  const show = (on) => {
    panel.hidden = !on;
    panel.parentNode.classList.toggle("beside", on);
    ask();
  };
  // The pages of the preview lead out of the editor; here they are words.
  panel.addEventListener("click", (event) => {
    if (event.target.closest("a")) event.preventDefault();
  });
  form.addEventListener("saved", ask);
  let still;
  for (const kind of ["click", "keyup"])
    text.addEventListener(kind, () => { clearTimeout(still); still = setTimeout(follow, 200); });
  box.addEventListener("change", () => {
    try { localStorage.follow = box.checked ? "on" : "off"; } catch (_) { /* as above */ }
    show(box.checked);
  });
  box.closest("p").hidden = false;
  box.checked = kept ? kept === "on" : !slow && matchMedia("(min-width:64rem)").matches;
  if (slow) box.checked = false;
  show(box.checked);
})();
