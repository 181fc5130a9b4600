// The editor saves by itself while somebody writes, says what is wrong with the text, and puts
// marks in. Without this script the buttons of the page do the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-saves]");
  if (!form) return;
  const text = form.elements.text;
  const state = document.querySelector("#state");
  const faults = document.querySelector("#faults");
  let saved = text.value, going = false, timer;
  // A long text is sent less often: it must get through a weak line before it is sent again.
  const pause = () => 3000 + text.value.length / 16;

  const list = (found) => {
    faults.className = found.length ? "say warn" : "say ok";
    const items = found.map(({ line, text: said }) => {
      const item = document.createElement("li");
      if (line) {
        const link = document.createElement("a");
        link.href = "#text";
        link.dataset.line = line;
        link.textContent = faults.dataset.line.replace("{line}", line);
        item.append(link, " ");
      }
      item.append(said);
      return item;
    });
    const shown = document.createElement(items.length ? "ul" : "p");
    shown.className = items.length ? "list" : "";
    shown.append(...(items.length ? items : [faults.dataset.none]));
    faults.replaceChildren(shown);
  };
  const send = async () => {
    clearTimeout(timer);
    timer = 0;
    if (going || text.value === saved) return;
    going = true;
    const sent = text.value, body = new FormData(form);
    body.set("go", "auto");
    try {
      state.textContent = form.dataset.saves;
      const headers = { Accept: "application/json" };
      const reply = await fetch(form.action, { method: "POST", body, headers });
      const told = await reply.json();
      state.textContent = told.said || told.refused;
      // What happens after a refusal is for the writer to decide: it asks for the button.
      if (!reply.ok) return;
      saved = sent;
      form.elements.seen.value = told.seen;
      list(told.faults);
      form.dispatchEvent(new Event("saved"));
    } catch (_) {
      state.textContent = form.dataset.cut;
      timer = setTimeout(send, 10000);
    }
    going = false;
    if (text.value !== saved && !timer) timer = setTimeout(send, pause());
  };
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(send, pause());
  });
  addEventListener("online", send);
  addEventListener("beforeunload", (event) => {
    if (text.value !== saved && !form.dataset.leaving) event.preventDefault();
  });
  form.addEventListener("submit", () => (form.dataset.leaving = "yes"));
  addEventListener("click", (event) => {
    const { line, marks } = event.target.dataset || {};
    if (line && event.target.hash) {
      const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1);
      const end = text.value.indexOf("\n", before);
      text.focus();
      text.setSelectionRange(before, end < 0 ? text.value.length : end);
    }
    if (!marks) return;
    const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
    const put = chosen ? marks.replace("…", chosen) : marks;
    text.setRangeText(put, text.selectionStart, text.selectionEnd, "end");
    text.focus();
    text.dispatchEvent(new Event("input"));
  });
  const tools = form.querySelector(".tools");
  if (tools) tools.hidden = false;
})();
