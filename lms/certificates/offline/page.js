/* The page around the checker: what is typed, pasted, scanned or photographed, and what is said.
 *
 * A hand scanner is a keyboard that types the text and presses Enter; afterwards the text stays
 * selected, so that the next scan replaces it.
 */
"use strict";

(function () {
  var words = data("words"), ring = data("ring"), facts = data("facts");
  var RIGHT_TO_LEFT = { ar: true };
  var ORDER = ["prefix", "encoding", "signature", "issuer", "time", "withdrawal"];
  /* The check at which each outcome stops; lms/signing/verify.py has the same table. */
  var STOPS_AT = {
    prefix: "prefix", keyboard: "prefix", encoding: "encoding", content: "encoding",
    signature: "signature", issuer_unknown: "issuer", key_withdrawn: "issuer",
    key_not_in_use: "issuer", clock: "time", not_yet: "time", expired: "time",
    withdrawn: "withdrawal", no_list: "withdrawal", not_covered: "withdrawal"
  };
  /* Outcomes that say "not known here" rather than "no". */
  var UNKNOWN = { issuer_unknown: true, no_list: true, not_covered: true, clock: true };
  var LONGEST_PHOTO = 4000; // pixels
  var language = firstLanguage(), list = null, shown = null, notice = null;

  function data(id) {
    return JSON.parse(document.getElementById(id).textContent);
  }

  function byId(id) {
    return document.getElementById(id);
  }

  function firstLanguage() {
    var wanted = (location.hash.slice(1) || navigator.language || "en").slice(0, 2).toLowerCase();
    return words[wanted] ? wanted : "en";
  }

  // ---- Words ------------------------------------------------------------------------------------

  /* A sentence of the chosen language. Each value is a date; the marks around it (U+2066, U+2069)
   * keep its order inside Arabic. */
  function say(key, values) {
    return words[language][key].replace(/%\((\w+)\)s/g, function (whole, name) {
      return "\u2066" + values[name] + "\u2069";
    });
  }

  function element(name, text, className) {
    var made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function emptied(node) {
    while (node.firstChild) node.removeChild(node.firstChild);
    return node;
  }

  function translate() {
    var root = document.documentElement;
    root.lang = language;
    root.dir = RIGHT_TO_LEFT[language] ? "rtl" : "ltr";
    document.title = say("title");
    Array.prototype.forEach.call(document.querySelectorAll("[data-words]"), function (node) {
      node.textContent = say(node.getAttribute("data-words"));
    });
    byId("organisation").textContent = nameOf(facts.organisation);
    byId("languages").setAttribute("aria-label", say("language"));
    byId("made").textContent = say("made", { day: facts.made });
    byId("list-state").textContent =
      list ? say("knowledge", { dated: checker.day(list.dated) }) : say("list_none");
    Array.prototype.forEach.call(document.querySelectorAll("[data-language]"), function (button) {
      var current = button.getAttribute("data-language") === language;
      button.setAttribute("aria-pressed", current ? "true" : "false");
    });
    showKeys();
    showResult();
    showNotice();
  }

  function nameOf(names) {
    return names[language] || names.en || names[Object.keys(names)[0]] || "";
  }

  function showKeys() {
    var rows = emptied(byId("keys"));
    ring.keys.forEach(function (key) {
      var row = element("li"), state = key.withdrawn ? "key_withdrawn" : key.until && "key_former";
      row.appendChild(code(key.kid.replace(/(.{4})(?!$)/g, "$1 ")));
      if (state) row.appendChild(element("span", " · " + say(state)));
      rows.appendChild(row);
    });
  }

  function code(text) {
    var made = element("bdi", text);
    made.dir = "ltr";
    return made;
  }

  // ---- The result -------------------------------------------------------------------------------

  function showResult() {
    var place = emptied(byId("result"));
    if (!shown) return;
    var good = shown.outcome === "valid";
    var grave = shown.outcome === "signature" || shown.outcome === "withdrawn";
    var sentence = element("p", undefined, "verdict " + (good ? "ok" : grave ? "bad" : "warn"));
    sentence.appendChild(mark(good ? "\u2713" : grave ? "\u2717" : "!"));
    sentence.appendChild(element("span", say(outcomeKey(), shown.values)));
    place.appendChild(element("h2", say("result")));
    place.appendChild(sentence);
    if (shown.listed) {
      var day = checker.day(shown.listed);
      place.appendChild(element("p", say("knowledge", { dated: day }), "meta"));
    }
    if (shown.certificate) showCertificate(place, shown.certificate);
    if (shown.sheet) showSheet(place, shown.sheet);
    if (shown.isFile) return showFile(place);
    place.appendChild(element("h3", say(shown.isRecord ? "checks_record" : "checks")));
    place.appendChild(checkList());
  }

  /* A training record has words of its own, where the others would be wrong about it. */
  function outcomeKey() {
    var own = "outcome_record_" + shown.outcome;
    if (shown.isFile) return "outcome_file_" + shown.outcome;
    return shown.isRecord && words.en[own] ? own : "outcome_" + shown.outcome;
  }

  function mark(sign) {
    var made = element("b", sign, "mark");
    made.setAttribute("aria-hidden", "true");
    return made;
  }

  function showCertificate(place, paper) {
    var rows = element("dl"), more = element("details"), others = element("dl");
    place.appendChild(element("p", say("compare")));
    paper.names.forEach(function (name, i) { row(rows, i ? "" : say("names"), name); });
    row(rows, say("course"), paper.title, paper.language);
    row(rows, say("edition"), code(paper.edition));
    row(rows, say("completed"), code(paper.completed));
    row(rows, say("valid_through"), paper.validThrough ? code(paper.validThrough) : say("no_end"));
    row(rows, say("hours"), code(String(paper.hours)));
    row(rows, say("number"), code(paper.number));
    row(rows, say("code"), code(paper.code.replace(/(.{4})(?!$)/g, "$1-")));
    row(rows, say("issuer"), nameOf(ring.names) || paper.issuer);
    row(others, say("issued"), code(checker.day(paper.issued)));
    row(others, say("written_in"), code(paper.language));
    row(others, say("serial"), code(paper.serial));
    row(others, say("place"), code(paper.list + " / " + paper.index));
    row(others, say("issuer"), code(paper.issuer));
    more.appendChild(element("summary", say("also_signed")));
    more.appendChild(others);
    place.appendChild(rows);
    place.appendChild(more);
  }

  /* One sheet of a training record: who, when, and a line for each course. */
  function showSheet(place, sheet) {
    var rows = element("dl"), lines = element("ol");
    place.appendChild(element("p", say("compare")));
    sheet.names.forEach(function (name, i) { row(rows, i ? "" : say("names"), name); });
    row(rows, say("as_of"), code(sheet.day));
    row(rows, say("sheet"), say("sheet_of", { number: sheet.number, count: sheet.sheets }));
    row(rows, say("issued"), code(checker.day(sheet.issued)));
    row(rows, say("issuer"), nameOf(ring.names) || sheet.issuer);
    place.appendChild(rows);
    place.appendChild(element("h3", say("courses")));
    sheet.lines.forEach(function (line) { lines.appendChild(lineOf(line)); });
    place.appendChild(lines);
    place.appendChild(element("p", say("record_note"), "meta"));
  }

  /* A signed file: what it is, whose, and what stands in it. */
  function showFile(place) {
    var file = shown.file, rows = element("dl");
    if (!file) return;
    var evidence = file.kind === "lms-evidence-1";
    place.appendChild(element("p", say("compare")));
    row(rows, say("kind"), say(evidence ? "kind_evidence" : "kind_frozen"));
    row(rows, say("signed_at"), code(String(evidence ? file.made : file.at).replace("T", " ").replace("Z", "")));
    (evidence ? evidenceRows : frozenRows)(rows, file);
    row(rows, say("issuer"), nameOf(ring.names) || ring.issuer);
    row(rows, say("digest"), code(shown.digest));
    place.appendChild(rows);
    place.appendChild(element("p", say(evidence ? "note_evidence" : "note_frozen"), "meta"));
  }

  function evidenceRows(rows, file) {
    var paper = file.certificate;
    paper.names.forEach(function (name, i) { row(rows, i ? "" : say("names"), name); });
    row(rows, say("number"), code(paper.number));
    row(rows, say("code"), code(paper.code.replace(/(.{4})(?!$)/g, "$1-")));
    row(rows, say("course"), plain(nameOf(paper.titles)));
    row(rows, say("completed"), code(paper.completed_on));
    row(rows, say("valid_through"), paper.valid_through ? code(paper.valid_through) : say("no_end"));
    file.attempts.forEach(function (each, i) {
      var day = each.handed_in.slice(0, 10);
      row(rows, i ? "" : say("result_label"), code(day + " \u00b7 " + each.percent + " %"));
    });
    if (paper.withdrawn) row(rows, say("state"), say("paper_withdrawn"));
  }

  function frozenRows(rows, file) {
    row(rows, say("programme"),
      plain(file.programme ? nameOf(file.programme.titles) || file.programme.code : say("whole_country")));
    row(rows, say("quarter"), code(file.quarter + " \u00b7 " + file.from + " \u2013 " + file.through));
    row(rows, say("number"), code(String(file.number)));
    if (file.corrects) {
      row(rows, say("corrects"), code(file.corrects.sha256));
      row(rows, say("reason"), file.corrects.reason);
    }
    file.measures.forEach(function (name, i) {
      var figure = file.figures.all[i];
      row(rows, say("measure_" + name), code(figure === null ? "*" : String(figure)));
    });
  }

  /* A title in the language of the page runs as the page does, also one that begins in Latin. */
  function plain(text) {
    return element("span", text);
  }

  function lineOf(line) {
    var made = element("li"), name = line.course ? code(line.course) : say("course_unnamed");
    function add(term, content) {
      made.appendChild(document.createTextNode(" \u00b7 " + (term ? term + " " : "")));
      made.appendChild(typeof content === "string" ? element("span", content) : content);
    }
    made.appendChild(typeof name === "string" ? element("b", name) : name);
    add("", code(line.edition));
    add("", say("state_" + line.state));
    if (line.completed) add("", code(line.completed));
    if (line.hours) add(say("hours"), code(String(line.hours)));
    if (line.percent !== null) add(say("result_label"), code(line.percent + " %"));
    if (line.number) add(say("number"), code(line.number));
    return made;
  }

  /* ``content`` is a text, whose letters tell its direction, or an element. Another script of the
   * same name follows without a term of its own. */
  function row(rows, term, content, lang) {
    var value = element("dd");
    if (typeof content === "string") content = element("bdi", content);
    if (lang) content.lang = lang;
    value.appendChild(content);
    if (term) rows.appendChild(element("dt", term));
    rows.appendChild(value);
  }

  function checkList() {
    var rows = element("ul", undefined, "checks"), stop = ORDER.indexOf(STOPS_AT[shown.outcome]);
    if (stop < 0) stop = ORDER.length;
    ORDER.forEach(function (check, i) {
      if (shown.isRecord && check === "withdrawal") return; // there is no list of these
      var state = i < stop ? "passed" : i > stop ? "not_reached" : "failed";
      if (i === stop && UNKNOWN[shown.outcome]) state = "not_known";
      if (check === "signature") {
        // An unknown key cannot be checked; a strange content was checked before it was read.
        var read = shown.certificate || shown.sheet;
        if (shown.outcome === "issuer_unknown" && !read) state = "not_reached";
        if (shown.outcome === "content") state = "passed";
      }
      var item = element("li", undefined, state);
      item.appendChild(mark({ passed: "\u2713", failed: "\u2717", not_known: "?" }[state] || "\u2013"));
      var record = shown.isRecord && check === "prefix";
      item.appendChild(element("span", say(record ? "check_record" : "check_" + check)));
      item.appendChild(element("strong", say(state)));
      rows.appendChild(item);
    });
    return rows;
  }

  function showNotice() {
    byId("notice").textContent = notice ? say(notice.key, notice.values || {}) : "";
    byId("notice").hidden = !notice;
  }

  /* A notice stands alone: beside it the verdict of what came before could be taken for that of
   * what comes now. */
  function tell(key, values) {
    notice = { key: key, values: values };
    shown = null;
    translate();
  }

  // ---- What comes in ----------------------------------------------------------------------------

  /* The text of a certificate, a training record or a withdrawal list: each has its own prefix. */
  function take(text) {
    notice = null;
    if (!text.replace(/\s/g, "")) return tell("empty");
    if (/^\s*LMSW/i.test(text)) return takeList(text);
    if (checker.isTranscript(text)) {
      shown = checker.verifyTranscript(text, ring, Date.now());
      shown.isRecord = true;
    } else {
      shown = checker.verify(text, ring, list, Date.now());
    }
    translate();
    document.querySelector(".verdict").scrollIntoView({ block: "nearest" });
  }

  function takeList(text) {
    var found = checker.readWithdrawals(text, ring);
    if (found.reason) return tell(found.reason);
    var dated = { dated: checker.day(found.list.dated) };
    if (list && found.list.dated < list.dated) return tell("list_older", dated);
    list = found.list;
    tell("list_taken", dated);
  }

  function takeFile(text) {
    notice = null;
    shown = files.check(text, ring);
    shown.isFile = true;
    translate();
    document.querySelector(".verdict").scrollIntoView({ block: "nearest" });
  }

  function checkField() {
    take(byId("text").value);
    byId("text").select();
  }

  function readFile(file, then, how) {
    var reader = new FileReader();
    tell("file_reading");
    reader.onload = function () { then(reader.result); };
    reader.onerror = function () { tell("file_unreadable"); };
    reader[how || "readAsText"](file);
  }

  /* In a paper of evidence lies its signed file. */
  function readSigned(file) {
    if (file.type !== "application/pdf" && !/\.pdf$/i.test(file.name)) return readFile(file, takeFile);
    readFile(file, function (paper) {
      files.takeOut(new Uint8Array(paper), takeFile);
    }, "readAsArrayBuffer");
  }

  /* Of several codes in the photo the certificate's is wanted. */
  function isOurs(text) {
    return /^LMS[CTW]1:/.test(text);
  }

  function takeFound(texts) {
    if (!texts.length) return tell("photo_nothing");
    byId("text").value = texts.filter(isOurs)[0] || texts[0];
    take(byId("text").value);
  }

  /* What the reader looks at: of a larger photo a smaller copy, for old machines. */
  function pixels(picture) {
    var canvas = element("canvas"), longest = Math.max(picture.naturalWidth, picture.naturalHeight);
    var share = Math.min(1, LONGEST_PHOTO / longest);
    canvas.width = Math.round(picture.naturalWidth * share);
    canvas.height = Math.round(picture.naturalHeight * share);
    var drawing = canvas.getContext("2d");
    drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return drawing.getImageData(0, 0, canvas.width, canvas.height);
  }

  function readPhoto(file) {
    var reader = new FileReader(), picture = new Image();
    tell("photo_reading");
    function failed() { tell("photo_nothing"); }
    function readIt() {
      try {
        takeFound(photo.read(pixels(picture), isOurs));
      } catch (_) { // a picture of no size, or too large for this machine
        failed();
      }
    }
    // The sentence is painted before the work begins.
    picture.onload = function () { setTimeout(readIt, 50); };
    reader.onload = function () { picture.src = reader.result; };
    picture.onerror = reader.onerror = failed;
    reader.readAsDataURL(file);
  }

  function listen() {
    byId("form").addEventListener("submit", function (event) {
      event.preventDefault();
      checkField();
    });
    byId("text").addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      checkField();
    });
    byId("text").addEventListener("paste", function () { setTimeout(checkField, 0); });
    byId("photo-file").addEventListener("change", function () {
      if (this.files[0]) readPhoto(this.files[0]);
      this.value = ""; // the same photo may be chosen again
    });
    byId("signed-file").addEventListener("change", function () {
      if (this.files[0]) readSigned(this.files[0]);
      this.value = "";
    });
    byId("list-file").addEventListener("change", function () {
      if (this.files[0]) readFile(this.files[0], takeList);
    });
    byId("languages").addEventListener("click", function (event) {
      var chosen = event.target.getAttribute("data-language");
      if (!chosen) return;
      language = chosen;
      translate();
    });
  }

  if (facts.withdrawals) list = checker.readWithdrawals(facts.withdrawals, ring).list || null;
  listen();
  translate();
  byId("text").focus();
})();
