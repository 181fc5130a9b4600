// Answers that lose nothing: each one is kept in this browser (IndexedDB) until the server says that
// it is stored. Loaded by the pages of a test, and by any page while something waits (see every-page.js).
// Works on plain HTTP: needs no secure context. docs/answers.md says what is kept and for how long.
"use strict";
(() => {
  const FLAG = "outbox", TIMEOUT = 20000, OLDEST = 400 * 864e5;
  const one = (what, inside = document) => inside.querySelector(what);
  const all = (what, inside = document) => [...inside.querySelectorAll(what)];
  const form = one("#quiz"), last = one("#hand-in"), state = one("#state");
  const words = form || last ? (form || last).dataset : {};
  // A page of our own making: the one that the server gave counts what is sent without scripts.
  const page = crypto.getRandomValues(new Uint32Array(4)).join("");
  let n = 0, token = (one("[name=csrf_token]") || {}).value, person = words.person;
  let sending = null, again = 0, pause = 2000, putting = 0, handed = false, fresh = true, stale = false;
  // How many answers this page has said to be waiting, and what it says when none is.
  let told = 0;
  const whole = state && one("span:last-child", state).textContent;

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
    } catch (_) {
      // Without it, only the pages of a test send.
    }
  };
  const put = (letter) => { flag("1"); return store("readwrite", (kept) => kept.put(letter)); };
  const remove = (letter) => store("readwrite", (kept) => kept.delete([letter.page, letter.n]));
  // Page by page as they were given, whatever the clock did meanwhile; what hands in goes last.
  const waiting = () => store("readonly", (kept) => kept.getAll()).then((letters) => {
    const began = Object.create(null);
    for (const { page, claimed } of letters) began[page] = Math.min(began[page] || claimed, claimed);
    return letters.sort((a, b) => !a.item - !b.item || began[a.page] - began[b.page]);
  });
  const letter = (more) => Object.assign({
    attempt: words.attempt, person: words.person, page, n: ++n,
    language: document.documentElement.lang, claimed: Date.now()
  }, more);

  // ---- sending ---------------------------------------------------------------------------------
  const ask = async (url, body) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      const headers = { Accept: "application/json", "X-CSRF-Token": token || "" };
      if (body) headers["Content-Type"] = "application/json";
      const reply = await fetch(url, {
        method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body),
        signal: stop.signal, credentials: "same-origin"
      });
      return { status: reply.status, said: await reply.json() };
    } catch (_) {
      // No line, or somebody else's page on it: a proxy, the door of a wireless network.
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

  // Sends what belongs to the person who is signed in now, oldest first; returns what still waits.
  const flush = () => {
    again = clearTimeout(again);
    sending = (sending || Promise.resolve()).then(work, work);
    return sending;
  };
  const soon = () => { flush().catch(() => {}); };
  const work = async () => {
    let letters = await waiting();
    if (letters.length && !person) {
      const reply = await who();
      if (reply.status !== 200) return [];
      person = reply.said.person;
    }
    let problem = "", at = "", elsewhere = false;
    for (const letter of letters.filter((each) => each.person === person && !each.refused)) {
      let reply = await ask(letter.url, letter);
      if (reply.status === 400) {
        const now = await who();
        if (now.status !== 200) reply = now;
        else if (now.said.person === letter.person) reply = await ask(letter.url, letter);
        else reply.status = 403;
      }
      const { status, said } = reply;
      if (status === 200) {
        await remove(letter);
        at = said.at;
        pause = 2000;
        if (said.late) problem = words.late;
        if (letter.attempt !== words.attempt) continue;
        if (letter.page !== page) elsewhere = true;
        if (said.stale) stale = true;
        if (said.result) location.href = said.result;
      } else if (status === 401 || status === 403) {
        problem = status === 401 ? words.signedOut : words.other;
        break;
      } else if ([404, 409, 413, 422].includes(status)) {
        // It can never be stored as it is: kept, so that nothing vanishes, but not sent again.
        problem = said.error;
        await put(Object.assign(letter, { refused: status }));
      } else {
        problem = handed ? words.handed : words.waiting;
        await put(Object.assign(letter, { kept: true }));
        again = setTimeout(soon, pause);
        pause = Math.min(pause * 2, 30000);
        break;
      }
    }
    letters = await waiting();
    for (const old of letters) if (old.claimed < Date.now() - OLDEST) await remove(old);
    letters = letters.filter((each) => !each.refused);
    if (!letters.length) flag("");
    const mine = letters.filter((each) => each.person === person);
    const settled = !mine.length && !putting && !typed;
    if (problem) say(problem.replace("{count}", mine.length), true);
    else if (stale) say(words.two, true);
    else if (settled && at && words.saved) say(words.saved.replace("{time}", at), false);
    // Another window of this browser has sent what waited.
    else if (settled && told && handed) location.reload();
    else if (settled && told) say(whole, false);
    told = mine.length;
    // What an earlier page of this test had kept is on the server now, but not on this page.
    if (elsewhere && fresh && !problem && !mine.length) location.reload();
    return mine;
  };

  for (const moment of ["online", "focus", "pageshow"]) addEventListener(moment, soon);

  // ---- signing out while something waits -----------------------------------------------------
  for (const leaving of all("[data-sign-out]")) {
    leaving.addEventListener("submit", async (event) => {
      event.preventDefault();
      await keepTyped();
      const mine = await flush().catch(() => []);
      if (mine.length) location.href = leaving.action; else leaving.submit();
    });
  }
  const unsent = one("[data-unsent]");
  const show = (mine, done) => {
    if (mine.length) unsent.hidden = false;
    one("output", unsent).textContent = mine.length ? unsent.dataset.unsent.replace("{count}", mine.length) : done;
    for (const button of all("button", unsent)) button.hidden = !mine.length;
  };
  if (unsent) {
    one("[data-send]", unsent).onclick = (event) => flush().then((mine) => show(mine, event.target.dataset.send));
    one("[data-throw-away]", unsent).onclick = async ({ target }) => {
      if (target.textContent !== target.dataset.sure) return void (target.textContent = target.dataset.sure);
      for (const letter of await waiting()) if (letter.person === person) await remove(letter);
      show(await flush(), target.dataset.throwAway);
    };
  }

  // ---- the pages of a test -------------------------------------------------------------------
  let able = true, typing, typed = null, passing = false;
  const keepTyped = () => typed && keep(typed);
  const itemOf = (question) => question.id.slice(2);
  const parts = (question) => {
    const given = Object.create(null);
    for (const field of all("[name^='a.']", question)) {
      const part = field.name.slice(itemOf(question).length + 3);
      given[part] = given[part] || [];
      if (/radio|checkbox/.test(field.type) ? field.checked : field.value) given[part].push(field.value);
    }
    return given;
  };
  const answered = (question) =>
    Object.values(parts(question)).every((values) => values.length >= (question.dataset.choose || 1));
  const keep = async (question) => {
    clearTimeout(typing);
    typed = null;
    fresh = false;
    say(words.saving, true);
    const kept = letter({
      url: words.answers, item: itemOf(question), fields: parts(question), seen: +form.seen.value
    });
    // Until it is kept, "all saved" would be true of the answers before this one only.
    putting++;
    try {
      await put(kept);
    } catch (_) {
      unable();
      const reply = await ask(kept.url, kept);
      if (reply.status === 200) say(words.saved.replace("{time}", reply.said.at), false);
      return;
    } finally {
      putting--;
    }
    soon();
  };
  // The buttons for pages without scripts.
  const saving = (off) => all(".save", form).forEach((each) => { each.hidden = off; });
  // This browser keeps nothing: they come back.
  const unable = () => {
    able = false;
    say(words.unsafe, true);
    saving(false);
  };
  const handIn = async () => {
    await put(letter({ url: words.handIn }));
    handed = true;
    for (const each of all("fieldset.q, #quiz .btn, #hand-in .btn")) each.disabled = true;
    say(words.saving, true);
    soon();
  };

  if (last) {
    last.addEventListener("submit", (event) => {
      event.preventDefault();
      handIn().catch(() => last.submit());
    });
  }
  if (!form) return flush().then((mine) => unsent && show(mine, ""), () => {});

  form.page.value = page;
  form.addEventListener("change", (event) => {
    const question = event.target.closest(".q");
    if (question && !handed) keep(question);
  });
  form.addEventListener("input", (event) => {
    if (event.target.type !== "text" || handed) return;
    clearTimeout(typing);
    typed = event.target.closest(".q");
    say(words.saving, true);
    typing = setTimeout(keepTyped, 1500);
  });
  // Enter in a field would press the first button of the page, hidden or not.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT" || !able) return;
    event.preventDefault();
    keepTyped();
  });
  document.addEventListener("visibilitychange", () => document.hidden && keepTyped());

  // Going on needs the server; without it, this page itself shows what is left and keeps the hand-in.
  form.addEventListener("submit", async (event) => {
    if (!able) return;
    event.preventDefault();
    if (passing) return;
    passing = true;
    const go = (event.submitter || document.activeElement || {}).value || "";
    await keepTyped();
    const mine = await flush().catch(() => []);
    const { status, said } = await who();
    if (status === 200 && said.person !== words.person) {
      say(words.other.replace("{count}", mine.length), true);
    } else if (status === 401 || (status === 200 && !mine.length)) {
      const chosen = document.createElement("input");
      chosen.type = "hidden";
      chosen.name = "go";
      chosen.value = go;
      form.append(chosen);
      form.csrf_token.value = token;
      // The server counts on where this page stopped.
      n += 1000;
      form.submit();
      chosen.remove();
    } else if (go === "finish") offer();
    else say(words.waiting.replace("{count}", mine.length), true);
    passing = false;
  });
  const offer = () => {
    all("#offer").forEach((each) => each.remove());
    const panel = document.createElement("section");
    panel.id = "offer";
    panel.className = "say warn flow";
    panel.tabIndex = -1;
    const open = all(".q", form).flatMap((question, place) => (answered(question) ? [] : [place + 1]));
    const text = document.createElement("p");
    text.textContent = open.length ? words.left.replace("{list}", open.join(document.documentElement.lang === "ar" ? "، " : ", ")) : words.noneLeft;
    const yes = document.createElement("button"), no = document.createElement("button");
    yes.type = no.type = "button";
    yes.className = "btn";
    no.className = "btn alt";
    yes.textContent = words.handInLabel;
    no.textContent = words.backLabel;
    no.onclick = () => { panel.remove(); one("[value=finish]", form).focus(); };
    yes.onclick = () => handIn().then(() => panel.remove(), unable);
    const row = document.createElement("p");
    row.className = "row";
    row.append(yes, no);
    panel.append(text, row);
    form.append(panel);
    panel.focus();
  };

  waiting().then(() => {
    saving(true);
    return flush();
  }).catch(unable);
})();
