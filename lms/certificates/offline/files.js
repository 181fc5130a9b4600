/* Checking a signed file: evidence of a certificate, or the figures of a frozen quarter.
 *
 * The same rules as lms/signing/signed_json.py in Python; a test compares the two. What is signed
 * is DOMAIN and the document without its signatures, its keys sorted, without spaces. Documents
 * hold texts, whole numbers, yes and no, lists and objects. Needs ed25519.js.
 */
"use strict";

var files = (function () {
  var DOMAIN = "lms-signed-json-1\n", LONGEST = 4000000;
  /* Of what is packed in a paper: unpacked it is at most a thousand times as long. */
  var LONGEST_PACKED = 100000;
  /* kind of a document -> the member that says when it was signed */
  var MOMENT = { "lms-evidence-1": "made", "lms-frozen-quarter": "at" };

  function canonical(value) {
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    return "{" + Object.keys(value).sort().map(function (key) {
      return JSON.stringify(key) + ":" + canonical(value[key]);
    }).join(",") + "}";
  }

  /* Refuses half characters, which nothing can sign. */
  function utf8(text) {
    var plain = unescape(encodeURIComponent(text)), out = new Uint8Array(plain.length);
    for (var i = 0; i < plain.length; i++) out[i] = plain.charCodeAt(i);
    return out;
  }

  function hex(bytes) {
    return Array.prototype.map.call(bytes, function (byte) {
      return (byte < 16 ? "0" : "") + byte.toString(16);
    }).join("");
  }

  function unhex(text) {
    var pairs = /^([0-9a-f]{2})*$/i.test(text) ? text.match(/../g) || [] : [];
    return new Uint8Array(pairs.map(function (pair) { return parseInt(pair, 16); }));
  }

  function read(text) {
    var found = text.length <= LONGEST ? JSON.parse(text) : null;
    if (!found || !MOMENT.hasOwnProperty(found.kind)) throw new Error("another file");
    return found;
  }

  /* The key of the ring that signed it, if any. */
  function signerOf(found, ring, signed) {
    var marks = Array.isArray(found.signatures) ? found.signatures : [];
    return ring.keys.filter(function (key) {
      return marks.some(function (mark) {
        return mark && mark.kid === key.kid && typeof mark.ed25519 === "string" &&
          ed25519.verify(unhex(key.public), unhex(mark.ed25519), signed);
      });
    })[0];
  }

  /* Returns {outcome, values, file, digest}; ``file`` is null unless a key of the ring signed it. */
  function check(text, ring) {
    var found, bytes, rest = {};
    try {
      found = read(text);
      bytes = utf8(text);
    } catch (error) {
      return verdict("encoding");
    }
    Object.keys(found).forEach(function (key) {
      if (key !== "signatures") rest[key] = found[key];
    });
    var key = signerOf(found, ring, utf8(DOMAIN + canonical(rest)));
    if (!key) return verdict("signature");
    if (found.site && found.site.issuer !== ring.issuer) return verdict("issuer_unknown");
    var said = decide(key, Date.parse(found[MOMENT[found.kind]]));
    said.file = found;
    said.digest = hex(ed25519.sha256(bytes));
    return said;
  }

  /* Takes the signed file out of a paper of evidence (PDF); ``then`` gets its text, "" where there
   * is none or this browser cannot unpack it. What the paper shows is not looked at: whoever
   * checks compares it with what was signed. */
  function takeOut(paper, then) {
    var text = "", nothing = function () { then(""); };
    for (var i = 0; i < paper.length; i += 8192) {
      text += String.fromCharCode.apply(null, paper.subarray(i, i + 8192));
    }
    var mark = text.search(/\/EmbeddedFile\b/), head = text.slice(text.lastIndexOf(" obj", mark));
    var begin = /stream\r?\n/.exec(head), length = /\/Length (\d+)/.exec(head);
    if (mark < 0 || !begin || !length || typeof DecompressionStream !== "function") return nothing();
    var start = text.length - head.length + begin.index + begin[0].length;
    var packed = paper.subarray(start, start + Math.min(+length[1], LONGEST_PACKED));
    var unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    new Response(unpacked).text().then(then, nothing);
  }

  function decide(key, signed) {
    if (isNaN(signed)) return verdict("encoding");
    var day = new Date(signed).toISOString().slice(0, 10);
    if (key.withdrawn) return verdict("key_withdrawn", { day: key.withdrawn.slice(0, 10) });
    if (signed < Date.parse(key.from) || (key.until && signed >= Date.parse(key.until))) {
      return verdict("key_not_in_use", { day: day });
    }
    return verdict("valid");
  }

  function verdict(outcome, values) {
    return { outcome: outcome, values: values || {}, file: null, digest: "" };
  }

  return { check: check, takeOut: takeOut };
})();
