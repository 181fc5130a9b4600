// Sending a file. The page stays while it goes and says how much has left. When the line is cut the
// file stays chosen and is sent again, from its beginning: after 5, 10, 20 and 40 seconds, and at
// any time by the button. Without this script the browser sends the form.
"use strict";
(() => {
  const one = (what, inside = document) => inside.querySelector(what);
  const kB = (bytes) => Math.ceil(bytes / 1000).toLocaleString(document.documentElement.lang);
  const waits = [5, 10, 20, 40];
  let going = false, next;
  const say = (form, sentence) => {
    going = false;
    one("progress", form).hidden = true;
    one("#sent").textContent = "";
    one("[role=status]", form).textContent = sentence;
  };
  const cut = (form) => {
    say(form, form.dataset.cut);
    const wait = waits.shift();
    if (wait) next = setTimeout(send, wait * 1000, form);
  };
  const answer = (form, reply) => {
    if (reply.status < 400) return location.assign(reply.responseURL);
    const main = one("main", new DOMParser().parseFromString(reply.responseText, "text/html"));
    if (!main) return cut(form);
    say(form, one("p", main).textContent);
    if (reply.status === 422) {
      one("main").replaceWith(main);
      (one("[data-focus]") || main).focus();
    }
  };
  const send = (form) => {
    clearTimeout(next);
    going = true;
    one("[role=status]", form).textContent = "";
    const request = new XMLHttpRequest(), bar = one("progress", form);
    request.upload.onprogress = ({ loaded, total }) => {
      bar.hidden = false;
      bar.max = total;
      bar.value = loaded;
      one("#sent").textContent =
        form.dataset.sent.replace("{done}", kB(loaded)).replace("{total}", kB(total));
    };
    request.onload = () => answer(form, request);
    request.onerror = () => cut(form);
    request.open("POST", form.action);
    request.send(new FormData(form));
  };
  addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.sent) return;
    event.preventDefault();
    if (!going) send(form);
  });
})();
