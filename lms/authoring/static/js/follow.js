// The lesson beside its text: asked for anew from the server when the text was saved, and scrolled
// to where somebody writes. It only reads: an error leaves it as it was, and typing never waits.
// What comes is copied element by element: nothing of it can be a program, a link or a form.
"use strict";
(() => {
  const form = document.querySelector("form[data-saves]");
  const panel = document.querySelector("#follow");
  if (!form || !panel) return;
  const text = form.elements.text, shown = panel.querySelector("article");
  const box = document.querySelector("#follows");
  const line = navigator.connection || {};
  const slow = line.saveData || /2g/.test(line.effectiveType || "");
  const known = new Set(("p ul ol li strong em b a blockquote h2 h3 br table thead tbody tr th td " +
    "section div fieldset details summary label input span select option bdi small figure " +
    "figcaption img").split(" "));
  const kinds = "class lang dir type name value start data-l alt width height loading".split(" ");
  let asking, kept;
  // Where the browser stores nothing the switch forgets.
  try { kept = localStorage.follow; } catch (_) { kept = null; }

  const copy = (from, to) => {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const name = node.localName === "form" ? "div" : node.localName;
      if (!known.has(name)) continue;
      const made = document.createElement(name);
      for (const kind of kinds)
        if (node.hasAttribute(kind)) made.setAttribute(kind, node.getAttribute(kind));
      if (node.id) made.id = "p." + node.id;
      // A picture of this server, and of nobody else.
      if (name === "img" && /^\/\w/.test(node.getAttribute("src"))) made.src = node.getAttribute("src");
      copy(node, made);
      to.append(made);
    }
  };
  const follow = () => {
    const marks = /\{#[a-z0-9-]+\}/g, before = text.value.slice(0, text.selectionEnd).match(marks);
    const here = before && document.getElementById("p." + before.pop().slice(2, -1));
    if (here && panel.contains(here)) panel.scrollTop = here.offsetTop - 8;
    // Above the first mark is the top; a text without marks tells nothing.
    if (!before && marks.test(text.value)) panel.scrollTop = 0;
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
      const found = new DOMParser().parseFromString(told.html, "text/html");
      shown.replaceChildren();
      copy(found.body, shown);
      follow();
    } catch (_) {
      // What is shown stays.
      return;
    } finally {
      clearTimeout(end);
    }
  };
  const show = (on) => {
    panel.hidden = !on;
    panel.parentNode.classList.toggle("beside", on);
    ask();
  };
  form.addEventListener("saved", ask);
  let still;
  for (const kind of ["click", "keyup"])
    text.addEventListener(kind, () => { clearTimeout(still); still = setTimeout(follow, 200); });
  box.addEventListener("change", () => {
    show(box.checked);
    try { localStorage.follow = box.checked ? "on" : "off"; } catch (_) { return; }
  });
  box.closest("p").hidden = false;
  box.checked = kept ? kept === "on" : !slow && matchMedia("(min-width:64rem)").matches;
  if (slow) box.checked = false;
  show(box.checked);
})();
