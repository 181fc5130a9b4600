// Answers that lose nothing: each one is kept in this browser (IndexedDB) until the server says that
// it is stored. Loaded by the quiz page, and by any page while something waits (see page.js).
// Works on plain HTTP: needs no secure context. docs/answers.md says what is kept and for how long.
"use strict";
(() => {
  const FLAG = "outbox", TIMEOUT = 20000, OLDEST = 400 * 864e5;
  const form = document.getElementById("quiz");
  const state = document.getElementById("state");
  const words = form ? form.dataset : {};
  const one = (what, inside = document) => inside.querySelector(what);
  const all = (what, inside = document) => [...inside.querySelectorAll(what)];
  let token = (one("[name=csrf_token]") || {}).value;
  let person = words.person, sending = null, again = 0, pause = 2000, handed = false, fresh = true;

  // ---- the outbox ------------------------------------------------------------------------------
  let opened;
  const store = (mode, act) => {
    opened = opened || new Promise((done, failed) => {
      const asked = indexedDB.open("lms", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: ["page", "n"] });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
    return opened.then((database) => new Promise((done, failed) => {
      const transaction = database.transaction("outbox", mode, { durability: "strict" });
      const asked = act(transaction.objectStore("outbox"));
      transaction.oncomplete = () => done(asked.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    }));
  };
  const flag = (value) => {
    try {
      if (value) localStorage.setItem(FLAG, value); else localStorage.removeItem(FLAG);
    } catch (_) { /* without it, only the quiz page sends */ }
  };
  const put = (letter) => { flag("1"); return store("readwrite", (kept) => kept.put(letter)); };
  const remove = (letter) => store("readwrite", (kept) => kept.delete([letter.page, letter.n]));
  const waiting = () => store("readonly", (kept) => kept.getAll()).then((letters) =>
    letters.sort((a, b) => a.claimed - b.claimed || a.n - b.n));

  // ---- sending ---------------------------------------------------------------------------------
  const ask = async (url, body) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      const headers = { Accept: "application/json", "X-CSRF-Token": token || "" };
      if (body) headers["Content-Type"] = "application/json";
      const reply = await fetch(url, {
        method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal: stop.signal
      });
      return { status: reply.status, said: await reply.json().catch(() => ({})) };
    } catch (_) {
      return { status: 0, said: {} };
    } finally {
      clearTimeout(timer);
    }
  };
  const who = async () => {
    const reply = await ask(words.who || "/answers/who");
    if (reply.status === 200) token = reply.said.token;
    return reply;
  };
  const say = (text, kept) => {
    if (!state || !text) return;
    one(".dot", state).classList.toggle("wait", kept);
    one("span:last-child", state).textContent = text;
  };
  const many = (text, count) => (text || "").replace("{count}", count);

  // Sends what belongs to the person who is signed in now, oldest first; returns what still waits.
  const flush = () => {
    again = clearTimeout(again);
    sending = (sending || Promise.resolve()).then(work, work);
    return sending;
  };
  const work = async () => {
    let letters = await waiting();
    if (letters.length && !person) {
      const reply = await who();
      if (reply.status !== 200) return letters;
      person = reply.said.person;
    }
    let problem = "", last = "", elsewhere = false;
    for (const letter of letters.filter((each) => each.person === person && !each.refused)) {
      let reply = await ask(letter.url, letter);
      if (reply.status === 400) {
        const now = await who();
        if (now.status === 200 && now.said.person === letter.person) reply = await ask(letter.url, letter);
        else reply = { status: now.status === 200 ? 403 : now.status, said: {} };
      }
      if (reply.status === 200) {
        await remove(letter);
        last = reply.said.at;
        pause = 2000;
        if (form && letter.attempt === words.attempt && letter.page !== form.page.value) elsewhere = true;
        if (reply.said.stale) problem = words.two;
        if (reply.said.result) {
          if (form && letter.attempt === words.attempt) location.href = reply.said.result;
        }
      } else if (reply.status === 401 || reply.status === 403) {
        problem = reply.status === 401 ? words.signedOut : words.other;
        break;
      } else if ([404, 409, 413, 422].includes(reply.status)) {
        // It can never be stored as it is: kept, so that nothing vanishes, but not sent again.
        await put(Object.assign(letter, { refused: reply.status }));
      } else {
        problem = handed ? words.handed : words.waiting;
        again = setTimeout(flush, pause);
        pause = Math.min(pause * 2, 30000);
        break;
      }
    }
    letters = (await waiting()).filter((each) => !each.refused);
    for (const old of letters.filter((each) => each.claimed < Date.now() - OLDEST)) await remove(old);
    if (!letters.length) flag("");
    const mine = letters.filter((each) => each.person === person);
    if (problem) say(many(problem, mine.length), true);
    else if (last) say((words.saved || "").replace("{time}", last), false);
    // What an earlier page of this test had kept is on the server now, but not on this page.
    if (elsewhere && fresh && !problem && !mine.length) location.reload();
    return mine;
  };

  addEventListener("online", flush);
  addEventListener("pageshow", (event) => event.persisted && flush());
  document.addEventListener("visibilitychange", () => document.hidden || flush());

  // ---- signing out while something waits -----------------------------------------------------
  for (const leaving of all("[data-sign-out]")) {
    leaving.addEventListener("submit", async (event) => {
      if (leaving.dataset.asked) return;
      event.preventDefault();
      const mine = await flush().catch(() => []);
      leaving.dataset.asked = "yes";
      if (mine.length) location.href = leaving.dataset.signOut || leaving.action;
      else leaving.submit();
    });
  }
  for (const button of all("[data-throw-away]")) {
    button.addEventListener("click", async () => {
      for (const letter of await waiting()) if (letter.person === person) await remove(letter);
    });
  }

  if (!form) return flush();

  // ---- the quiz page -------------------------------------------------------------------------
  let n = 0, able = true;
  const letter = (more) => Object.assign({
    attempt: words.attempt, person: words.person, page: form.page.value, n: ++n,
    seen: +form.seen.value, language: document.documentElement.lang, claimed: Date.now()
  }, more);
  const fieldsOf = (question) => {
    const fields = {};
    for (const field of all("input,select", question)) {
      if (!field.name.startsWith("a.")) continue;
      const part = field.name.slice(2 + question.dataset.item.length + 1);
      const chosen = field.type === "radio" || field.type === "checkbox" ? field.checked : field.value;
      if (chosen) (fields[part] = fields[part] || []).push(field.value);
    }
    return fields;
  };
  const answered = (question) => {
    const groups = new Map();
    for (const field of all("input,select", question)) {
      if (!field.name.startsWith("a.")) continue;
      const given = field.type === "radio" || field.type === "checkbox" ? field.checked : field.value;
      groups.set(field.name, groups.get(field.name) || !!given);
    }
    return [...groups.values()].every(Boolean);
  };
  const keep = async (question) => {
    fresh = false;
    say(words.saving, true);
    const kept = letter({ url: words.answers, item: question.dataset.item, fields: fieldsOf(question) });
    try {
      await put(kept);
    } catch (_) {
      able = false;
      unsafe();
      const reply = await ask(kept.url, kept);
      if (reply.status === 200) say(words.saved.replace("{time}", reply.said.at), false);
      return;
    }
    flush();
  };
  const unsafe = () => {
    say(words.unsafe, true);
    all(".save", form).forEach((each) => { each.hidden = false; });
  };
  form.addEventListener("change", (event) => {
    const question = event.target.closest("[data-item]");
    if (question && !handed) keep(question);
  });
  let typing;
  form.addEventListener("input", (event) => {
    if (event.target.type !== "text") return;
    clearTimeout(typing);
    const question = event.target.closest("[data-item]");
    typing = setTimeout(() => question && !handed && keep(question), 1500);
  });

  // Going on needs the server; without it, this page itself shows what is left and keeps the hand-in.
  let passing = false;
  form.addEventListener("submit", async (event) => {
    if (passing || !able) return;
    event.preventDefault();
    const button = event.submitter;
    const mine = await flush().catch(() => null);
    if (mine && !mine.length && (await who()).status === 200) {
      passing = true;
      form.csrf_token.value = token;
      form.requestSubmit ? form.requestSubmit(button) : form.submit();
    } else if (button && button.value === "finish") offer();
  });
  const offer = () => {
    const panel = document.createElement("section");
    panel.className = "say warn flow";
    panel.tabIndex = -1;
    const left = all(".q", form).map((question, place) => [question, place + 1]).filter(([q]) => !answered(q));
    const text = document.createElement("p");
    text.textContent = left.length ? words.left.replace("{list}", left.map(([, number]) => number).join(", ")) : words.noneLeft;
    const yes = document.createElement("button"), no = document.createElement("button");
    yes.type = no.type = "button";
    yes.className = "btn";
    no.className = "btn alt";
    yes.textContent = words.handInLabel;
    no.textContent = words.backLabel;
    no.onclick = () => panel.remove();
    yes.onclick = async () => {
      await put(letter({ url: words.handIn }));
      handed = true;
      all("fieldset.q", form).forEach((question) => { question.disabled = true; });
      panel.remove();
      say(words.handed, true);
      flush();
    };
    panel.append(text, yes, " ", no);
    form.append(panel);
    panel.focus();
  };

  waiting().then(() => {
    all(".save", form).forEach((each) => { each.hidden = true; });
    flush();
  }, () => { able = false; unsafe(); });
})();
