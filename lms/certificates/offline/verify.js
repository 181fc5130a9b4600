/* Reading and judging the text of a certificate's QR code, and of a withdrawal list.
 *
 * The same rules, in the same order, as lms/signing in Python; a test compares the two outcome by
 * outcome. Nothing here touches the page. Needs ed25519.js.
 */
"use strict";

var checker = (function () {
  var ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  var CERTIFICATE = "LMSC1:", WITHDRAWALS = "LMSW1:", TRANSCRIPT = "LMST1:";
  var LONGEST_CERTIFICATE = 1500, LONGEST_LIST = 400000, LONGEST_TRANSCRIPT = 2000;
  var DAY = 86400000, LATEST_SECOND = 253402300799;

  function refuse(reason) {
    throw new Error(reason);
  }

  function expect(condition) {
    if (!condition) refuse("another form");
  }

  // ---- Text: what a scanner or a copy made of it --------------------------------------------

  function asScanned(text) {
    text = text.replace(/[\r\n\t\ufeff]/g, "").replace(/^ +| +$/g, "");
    // A scanner with caps lock on swaps the case of everything.
    if (/^[\0-\x7f]*$/.test(text) && !/[A-Z]/.test(text)) return text.toUpperCase();
    return text;
  }

  function startsWith(text, beginning) {
    return text.slice(0, beginning.length) === beginning;
  }

  /* Letters of a Russian, Kazakh, Arabic or French keyboard instead of an English one. */
  function isOtherKeyboard(text) {
    return /[\u00e0-\u00ff\u0400-\u04ff\u0600-\u06ff]/.test(text) || /^[Ll][?,][Ss][Cc]/.test(text);
  }

  /* RFC 9285. */
  function base45(text) {
    var out = [];
    for (var i = 0; i < text.length; i += 3) {
      var group = text.slice(i, i + 3), value = 0, size = group.length - 1;
      expect(size > 0);
      for (var k = size; k >= 0; k--) {
        var letter = ALPHABET.indexOf(group[k]);
        expect(letter >= 0);
        value = value * 45 + letter;
      }
      expect(value < (size === 2 ? 65536 : 256));
      if (size === 2) out.push(value >> 8);
      out.push(value & 255);
    }
    return new Uint8Array(out);
  }

  // ---- CBOR, in its deterministic form only: RFC 8949 section 4.2 -----------------------------

  /* Whole numbers, texts and byte strings come as such; a list as array; a map as {pairs: [[key,
   * value]]}; a tag as {tag, value}; a half-precision number as {half}. */
  function cbor(bytes) {
    var reader = { bytes: bytes, at: 0 };
    var value = item(reader, 0);
    expect(reader.at === bytes.length);
    return value;
  }

  function take(reader, count) {
    expect(count <= reader.bytes.length - reader.at);
    reader.at += count;
    return reader.bytes.subarray(reader.at - count, reader.at);
  }

  function number(bytes) {
    var value = 0;
    for (var i = 0; i < bytes.length; i++) value = value * 256 + bytes[i];
    expect(value < 9007199254740992);
    return value;
  }

  /* The argument of a head; the shortest form is the only one allowed. */
  function argument(reader, info) {
    if (info < 24) return info;
    expect(info < 28);
    var value = number(take(reader, 1 << (info - 24)));
    expect(value >= [24, 256, 65536, 4294967296][info - 24]);
    return value;
  }

  function item(reader, depth) {
    expect(depth < 16);
    var head = take(reader, 1)[0], kind = head >> 5, info = head & 31;
    if (kind === 7) return simple(reader, info);
    var value = argument(reader, info), i, out;
    if (kind === 0) return value;
    if (kind === 1) return -1 - value;
    if (kind === 2) return new Uint8Array(take(reader, value));
    if (kind === 3) return utf8(take(reader, value));
    if (kind === 6) return { tag: value, value: item(reader, depth + 1) };
    expect(value <= reader.bytes.length);
    out = [];
    if (kind === 4) {
      for (i = 0; i < value; i++) out.push(item(reader, depth + 1));
      return out;
    }
    var before = null;
    for (i = 0; i < value; i++) {
      var start = reader.at, key = item(reader, depth + 1);
      var raw = Array.prototype.slice.call(reader.bytes, start, reader.at);
      expect(before === null || comesBefore(before, raw));
      before = raw;
      out.push([key, item(reader, depth + 1)]);
    }
    return { pairs: out };
  }

  function comesBefore(a, b) {
    for (var i = 0; i < a.length && i < b.length; i++) {
      if (a[i] !== b[i]) return a[i] < b[i];
    }
    return a.length < b.length;
  }

  function simple(reader, info) {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22) return null;
    expect(info === 25);
    var bits = number(take(reader, 2)), power = (bits >> 10) & 31, part = bits & 1023;
    expect(power < 31);
    var value = power ? (1024 + part) * Math.pow(2, power - 25) : part * Math.pow(2, -24);
    return { half: bits >> 15 ? -value : value };
  }

  function utf8(bytes) {
    var escaped = "";
    for (var i = 0; i < bytes.length; i++) {
      escaped += "%" + (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16);
    }
    return decodeURIComponent(escaped); // refuses what is no UTF-8
  }

  /* The values of a map as an object; it must have whole numbers as keys. */
  function claims(value) {
    expect(value && value.pairs);
    var out = {};
    value.pairs.forEach(function (pair) {
      expect(typeof pair[0] === "number");
      out[pair[0]] = pair[1];
    });
    return out;
  }

  // ---- COSE_Sign1: RFC 9052 section 4.2 -------------------------------------------------------

  function sign1(bytes) {
    var message = cbor(bytes);
    if (message && message.tag === 61) message = message.value;
    expect(message && message.tag === 18 && Array.isArray(message.value));
    var parts = message.value;
    expect(parts.length === 4 && parts[1] && parts[1].pairs && !parts[1].pairs.length);
    expect([0, 2, 3].every(function (i) { return parts[i] instanceof Uint8Array; }));
    var header = cbor(parts[0]), open = claims(header);
    expect(header.pairs.length === 2 && open[1] === -8);
    expect(open[4] instanceof Uint8Array && open[4].length === 8 && parts[3].length === 64);
    return { protected: parts[0], kid: hex(open[4]), payload: parts[2], signature: parts[3] };
  }

  function head(kind, length) {
    if (length < 24) return [kind << 5 | length];
    if (length < 256) return [kind << 5 | 24, length];
    if (length < 65536) return [kind << 5 | 25, length >> 8, length & 255];
    return [kind << 5 | 26, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  }

  /* Does the signature cover ["Signature1", protected, h'', payload]? */
  function isSignedBy(key, message) {
    var name = "Signature1".split("").map(function (letter) { return letter.charCodeAt(0); });
    var before = [0x84].concat(head(3, name.length), name, head(2, message.protected.length));
    var between = [0x40].concat(head(2, message.payload.length));
    var first = before.length + message.protected.length, second = first + between.length;
    var signed = new Uint8Array(second + message.payload.length);
    signed.set(before);
    signed.set(message.protected, before.length);
    signed.set(between, first);
    signed.set(message.payload, second);
    return ed25519.verify(unhex(key.public), message.signature, signed);
  }

  function hex(bytes) {
    return Array.prototype.map.call(bytes, function (byte) {
      return (byte < 16 ? "0" : "") + byte.toString(16);
    }).join("");
  }

  function unhex(text) {
    var out = new Uint8Array(text.length / 2);
    for (var i = 0; i < out.length; i++) out[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
    return out;
  }

  function keyCalled(ring, kid) {
    return ring.keys.filter(function (key) { return key.kid === kid; })[0];
  }

  // ---- What is signed: lms/signing/payload.py holds the table -----------------------------------

  function isCount(value) {
    return typeof value === "number" && value >= 0 && value <= LATEST_SECOND;
  }

  function isText(value) {
    return typeof value === "string";
  }

  /* 2026-11-24, in UTC. */
  function day(milliseconds) {
    return new Date(milliseconds).toISOString().slice(0, 10);
  }

  function isDay(text) {
    if (!isText(text) || !/^\d{4}-\d\d-\d\d$/.test(text) || startsWith(text, "0000")) return false;
    var moment = Date.parse(text + "T00:00:00Z");
    return !isNaN(moment) && day(moment) === text;
  }

  function certificate(bytes) {
    var map = cbor(bytes), all = claims(map), inner = all[-70001], paper = claims(inner);
    var known = [1, 4, 6, 7, -70001];
    expect(map.pairs.every(function (pair) { return known.indexOf(pair[0]) >= 0; }));
    expect(inner.pairs.length === 9 && isText(all[1]) && isCount(all[6]));
    expect(all[7] instanceof Uint8Array && all[7].length === 16);
    expect(!(4 in all) || isCount(all[4]));
    var names = paper[1], place = paper[7], hours = paper[6];
    expect(Array.isArray(names) && names.length >= 1 && names.length <= 3 && names.every(isText));
    expect([3, 4, 8, 9, 10].every(function (key) { return isText(paper[key]); }) && isDay(paper[5]));
    if (hours && typeof hours === "object" && "half" in hours) hours = hours.half;
    expect(typeof hours === "number" && hours > 0 && hours <= 500 && hours * 4 % 1 === 0);
    expect(Array.isArray(place) && place.length === 2 && place.every(isCount));
    return {
      issuer: all[1], issued: all[6] * 1000, validThrough: 4 in all ? day(all[4] * 1000) : null,
      serial: hex(all[7]), names: names, title: paper[3], edition: paper[4], completed: paper[5],
      hours: hours, list: place[0], index: place[1], language: paper[8], number: paper[9],
      code: paper[10]
    };
  }

  /* One sheet of a training record: lms/signing/transcripts.py holds the table. */
  function transcript(bytes) {
    var map = cbor(bytes), all = claims(map), inner = all[-70004], sheet = claims(inner);
    expect(map.pairs.length === 3 && isText(all[1]) && isCount(all[6]));
    expect(inner.pairs.length === 5 && isText(sheet[5]) && isDay(sheet[2]));
    var names = sheet[1], place = sheet[3], lines = sheet[4];
    expect(Array.isArray(names) && names.length >= 1 && names.length <= 3 && names.every(isText));
    expect(Array.isArray(place) && place.length === 2 && isBetween(place[1], 1, 100));
    expect(isBetween(place[0], 1, place[1]) && Array.isArray(lines) && lines.length <= 20);
    return {
      issuer: all[1], issued: all[6] * 1000, names: names, day: sheet[2], number: place[0],
      sheets: place[1], lines: lines.map(transcriptLine), language: sheet[5]
    };
  }

  function transcriptLine(line) {
    expect(Array.isArray(line) && line.length === 7);
    expect([0, 1, 2, 3, 6].every(function (place) { return isText(line[place]); }));
    expect(["passed", "begun", "accepted"].indexOf(line[2]) >= 0);
    expect(line[3] === "" || isDay(line[3]));
    expect(isBetween(line[4], 0, 1000) && isBetween(line[5], -1, 100));
    return {
      course: line[0], edition: line[1], state: line[2], completed: line[3], hours: line[4] / 2,
      percent: line[5] < 0 ? null : line[5], number: line[6]
    };
  }

  function isBetween(value, least, most) {
    return typeof value === "number" && value >= least && value <= most;
  }

  /* A withdrawal list: {issuer, dated, lists: {number: {place: true}}}. */
  function withdrawalClaims(bytes) {
    var map = cbor(bytes), all = claims(map), lists = {};
    expect(map.pairs.length === 3 && isText(all[1]) && isCount(all[6]));
    claims(all[-70002]);
    all[-70002].pairs.forEach(function (pair) {
      var places = {}, place = 0;
      expect(Array.isArray(pair[1]));
      pair[1].forEach(function (gap) {
        expect(typeof gap === "number" && gap >= 0);
        place += gap;
        places[place] = true;
      });
      lists[pair[0]] = places;
    });
    return { issuer: all[1], dated: all[6] * 1000, lists: lists };
  }

  // ---- Verdicts ---------------------------------------------------------------------------------

  /* Returns {reason: null, list} or {reason} with one of list_not, list_damaged, list_unknown,
   * list_changed, list_other. */
  function readWithdrawals(text, ring) {
    text = asScanned(text.slice(0, LONGEST_LIST));
    if (!startsWith(text, WITHDRAWALS)) return { reason: "list_not" };
    var message, list;
    try {
      message = sign1(base45(text.slice(WITHDRAWALS.length)));
    } catch (error) {
      return { reason: "list_damaged" };
    }
    var key = keyCalled(ring, message.kid);
    if (!key || key.withdrawn) return { reason: "list_unknown" };
    if (!isSignedBy(key, message)) return { reason: "list_changed" };
    try {
      list = withdrawalClaims(message.payload);
    } catch (error) {
      return { reason: "list_not" };
    }
    if (list.issuer !== ring.issuer) return { reason: "list_other" };
    return { reason: null, list: list };
  }

  /* Returns {outcome, values, certificate, listed}; ``now`` in milliseconds since 1970.
   * ``certificate`` is null unless the signature holds and the content is readable. */
  function verify(text, ring, list, now) {
    var scanned = asScanned(text);
    if (!startsWith(scanned, CERTIFICATE)) {
      return verdict(isOtherKeyboard(scanned) ? "keyboard" : "prefix");
    }
    if (scanned.length > LONGEST_CERTIFICATE) return verdict("encoding");
    var opened = signedFacts(scanned.slice(CERTIFICATE.length), ring, certificate);
    if (opened.outcome) return opened;
    var found = decide(opened.facts, opened.key, ring, list, now);
    found.certificate = opened.facts;
    found.listed = list ? list.dated : null;
    return found;
  }

  /* What a signed text holds, by ``read``, and whose key signed it: {facts, key}; a verdict where
   * it is not readable, or not signed by a key of the ring. */
  function signedFacts(text, ring, read) {
    var message;
    try {
      message = sign1(base45(text));
    } catch (error) {
      return verdict("encoding");
    }
    var key = keyCalled(ring, message.kid);
    if (!key) return verdict("issuer_unknown");
    if (!isSignedBy(key, message)) return verdict("signature");
    try {
      return { facts: read(message.payload), key: key };
    } catch (error) {
      return verdict("content");
    }
  }

  function verdict(outcome, values) {
    return { outcome: outcome, values: values || {}, certificate: null, listed: null };
  }

  /* What a right signature cannot tell: whose key, when, and whether taken back. */
  function decide(facts, key, ring, list, now) {
    if (facts.issuer !== ring.issuer) return verdict("issuer_unknown");
    if (key.withdrawn) return verdict("key_withdrawn", { day: day(Date.parse(key.withdrawn)) });
    var issued = facts.issued;
    if (issued < Date.parse(key.from) || (key.until && issued >= Date.parse(key.until))) {
      return verdict("key_not_in_use", { day: day(issued) });
    }
    if (list && now < list.dated - DAY) return verdict("clock", { today: day(now) });
    if (issued > now + DAY) return verdict("not_yet", { day: day(issued) });
    if (facts.validThrough && facts.validThrough < day(now)) {
      return verdict("expired", { day: facts.validThrough });
    }
    if (!list) return verdict("no_list");
    if (!(facts.list in list.lists)) return verdict("not_covered");
    return verdict(facts.index in list.lists[facts.list] ? "withdrawn" : "valid");
  }

  function isTranscript(text) {
    return startsWith(asScanned(text.slice(0, LONGEST_TRANSCRIPT)), TRANSCRIPT);
  }

  /* Returns {outcome, values, sheet}; ``sheet`` as ``certificate`` above. A training record says
   * what was true on one day: there is no last day, and no list of what was withdrawn. */
  function verifyTranscript(text, ring, now) {
    var scanned = asScanned(text);
    if (!startsWith(scanned, TRANSCRIPT) || scanned.length > LONGEST_TRANSCRIPT) {
      return verdict("encoding");
    }
    var opened = signedFacts(scanned.slice(TRANSCRIPT.length), ring, transcript);
    if (opened.outcome) return opened;
    var found = decideTranscript(opened.facts, opened.key, ring, now);
    found.sheet = opened.facts;
    return found;
  }

  function decideTranscript(facts, key, ring, now) {
    var issued = facts.issued;
    if (facts.issuer !== ring.issuer) return verdict("issuer_unknown");
    if (key.withdrawn) return verdict("key_withdrawn", { day: day(Date.parse(key.withdrawn)) });
    if (issued < Date.parse(key.from) || (key.until && issued >= Date.parse(key.until))) {
      return verdict("key_not_in_use", { day: day(issued) });
    }
    if (issued > now + DAY) return verdict("not_yet", { day: day(issued) });
    return verdict("valid", { day: facts.day });
  }

  return {
    verify: verify, readWithdrawals: readWithdrawals, isTranscript: isTranscript,
    verifyTranscript: verifyTranscript, asScanned: asScanned, day: day
  };
})();
