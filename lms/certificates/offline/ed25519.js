/* Ed25519 signature checking, SHA-512 and SHA-256 in plain JavaScript.
 *
 * Why our own: on plain HTTP, and in browsers before about 2023, there is no crypto.subtle with
 * Ed25519, and this page must work from a stick on an old office machine. Only checking is here:
 * no secret ever passes through, so nothing needs to run in constant time.
 *
 * Sources: RFC 8032 sections 5.1 and 6, FIPS 180-4. Tested with the vectors of RFC 8032 and
 * against another implementation on generated texts.
 *
 * A number modulo p = 2^255 - 19 is an array of 16 limbs of 16 bits, least significant first.
 * Limbs may be negative or larger in between; every product stays below 2^53, where the numbers
 * of JavaScript are exact: |limb| < 2^18 gives sums below 16 * 38 * 2^36 < 2^46.
 */
"use strict";

var ed25519 = (function () {
  // ---- SHA-512: 64-bit words as two 32-bit halves, high half first -------------------------

  /* The constants are the first 64 bits of the fractions of cube roots (80) and square roots (8)
   * of the first primes. They are worked out here, exactly, instead of being listed. */
  function firstPrimes(count) {
    var primes = [];
    for (var n = 2; primes.length < count; n++) {
      if (primes.every(function (p) { return n % p; })) primes.push(n);
    }
    return primes;
  }

  /* Long multiplication of whole numbers held as base-2^16 digits, least significant first. */
  function product(a, b) {
    var out = [];
    for (var i = 0; i < a.length + b.length; i++) out.push(0);
    for (i = 0; i < a.length; i++) {
      var carry = 0;
      for (var j = 0; j < b.length || carry; j++) {
        var sum = out[i + j] + a[i] * (b[j] || 0) + carry;
        out[i + j] = sum % 65536;
        carry = Math.floor(sum / 65536);
      }
    }
    return out;
  }

  /* Is a root (digits, scaled by 2^64) at most the true root of n? root^power <= n * 2^(64 power) */
  function isBelow(root, power, n) {
    var raised = root;
    for (var k = 1; k < power; k++) raised = product(raised, root);
    var limit = [];
    for (var i = 0; i < 4 * power; i++) limit.push(0);
    limit.push(n);
    for (i = Math.max(raised.length, limit.length) - 1; i >= 0; i--) {
      var difference = (raised[i] || 0) - (limit[i] || 0);
      if (difference) return difference < 0;
    }
    return true;
  }

  function rootFraction(n, power) {
    var root = [0, 0, 0, 0, 0];
    for (var bit = 79; bit >= 0; bit--) {
      var digit = bit >> 4, weight = 1 << (bit & 15);
      root[digit] += weight;
      if (!isBelow(root, power, n)) root[digit] -= weight;
    }
    return [(root[3] << 16) | root[2], (root[1] << 16) | root[0]];
  }

  var constants = null, start = null;

  function prepare() {
    constants = firstPrimes(80).map(function (p) { return rootFraction(p, 3); });
    start = firstPrimes(8).map(function (p) { return rootFraction(p, 2); });
  }

  /* Sum of 64-bit words. */
  function add() {
    var high = 0, low = 0;
    for (var i = 0; i < arguments.length; i++) {
      high += arguments[i][0] >>> 0;
      low += arguments[i][1] >>> 0;
    }
    return [(high + Math.floor(low / 4294967296)) | 0, low | 0];
  }

  /* Turn a word to the right by n bits. */
  function turned(w, n) {
    var a = w[0], b = w[1];
    if (n >= 32) { a = w[1]; b = w[0]; n -= 32; }
    if (!n) return [a, b];
    return [(a >>> n) | (b << (32 - n)), (b >>> n) | (a << (32 - n))];
  }

  function shifted(w, n) {
    return [w[0] >>> n, (w[1] >>> n) | (w[0] << (32 - n))];
  }

  function xor3(a, b, c) {
    return [a[0] ^ b[0] ^ c[0], a[1] ^ b[1] ^ c[1]];
  }

  function choice(e, f, g) {
    return [(e[0] & f[0]) ^ (~e[0] & g[0]), (e[1] & f[1]) ^ (~e[1] & g[1])];
  }

  function majority(a, b, c) {
    return [
      (a[0] & b[0]) ^ (a[0] & c[0]) ^ (b[0] & c[0]),
      (a[1] & b[1]) ^ (a[1] & c[1]) ^ (b[1] & c[1])
    ];
  }

  function compress(state, view, offset) {
    var w = [];
    for (var t = 0; t < 16; t++) {
      w.push([view.getInt32(offset + 8 * t), view.getInt32(offset + 8 * t + 4)]);
    }
    for (t = 16; t < 80; t++) {
      var x = w[t - 15], y = w[t - 2];
      w.push(add(
        w[t - 16], xor3(turned(x, 1), turned(x, 8), shifted(x, 7)),
        w[t - 7], xor3(turned(y, 19), turned(y, 61), shifted(y, 6))
      ));
    }
    var a = state[0], b = state[1], c = state[2], d = state[3];
    var e = state[4], f = state[5], g = state[6], h = state[7];
    for (t = 0; t < 80; t++) {
      var one = add(
        h, xor3(turned(e, 14), turned(e, 18), turned(e, 41)), choice(e, f, g), constants[t], w[t]
      );
      var two = add(xor3(turned(a, 28), turned(a, 34), turned(a, 39)), majority(a, b, c));
      h = g; g = f; f = e; e = add(d, one); d = c; c = b; b = a; a = add(one, two);
    }
    return [a, b, c, d, e, f, g, h].map(function (word, i) { return add(word, state[i]); });
  }

  /* SHA-512 of the bytes (Uint8Array, below 512 MB): 64 bytes. */
  function sha512(bytes) {
    if (!constants) prepare();
    var blocks = Math.ceil((bytes.length + 17) / 128);
    var padded = new Uint8Array(blocks * 128);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    var view = new DataView(padded.buffer);
    view.setUint32(padded.length - 4, bytes.length * 8);
    var state = start;
    for (var i = 0; i < blocks; i++) state = compress(state, view, i * 128);
    var out = new DataView(new ArrayBuffer(64));
    state.forEach(function (word, i) {
      out.setInt32(8 * i, word[0]);
      out.setInt32(8 * i + 4, word[1]);
    });
    return new Uint8Array(out.buffer);
  }

  /* SHA-256 of the bytes (Uint8Array, below 512 MB): 32 bytes. Its constants are the first halves
   * of those of SHA-512. */
  function sha256(bytes) {
    if (!constants) prepare();
    var padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    var view = new DataView(padded.buffer), out = new DataView(new ArrayBuffer(32));
    view.setUint32(padded.length - 4, bytes.length * 8);
    var state = start.map(function (word) { return word[0]; });
    for (var at = 0; at < padded.length; at += 64) state = compress32(state, view, at);
    state.forEach(function (word, i) { out.setInt32(4 * i, word); });
    return new Uint8Array(out.buffer);
  }

  function turned32(word, n) {
    return (word >>> n) | (word << (32 - n));
  }

  function compress32(state, view, offset) {
    var w = [], v = state.slice();
    for (var t = 0; t < 64; t++) {
      if (t < 16) {
        w.push(view.getInt32(offset + 4 * t));
      } else {
        var x = w[t - 15], y = w[t - 2];
        w.push((w[t - 16] + (turned32(x, 7) ^ turned32(x, 18) ^ (x >>> 3)) +
          w[t - 7] + (turned32(y, 17) ^ turned32(y, 19) ^ (y >>> 10))) | 0);
      }
      var a = v[0], e = v[4];
      var one = v[7] + (turned32(e, 6) ^ turned32(e, 11) ^ turned32(e, 25)) +
        ((e & v[5]) ^ (~e & v[6])) + constants[t][0] + w[t];
      var two = (turned32(a, 2) ^ turned32(a, 13) ^ turned32(a, 22)) +
        ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
      v = [(one + two) | 0, a, v[1], v[2], (v[3] + one) | 0, e, v[5], v[6]];
    }
    return state.map(function (word, i) { return (word + v[i]) | 0; });
  }

  // ---- Numbers modulo p --------------------------------------------------------------------

  function small(n) {
    var out = new Float64Array(16);
    out[0] = n;
    return out;
  }

  function sum(a, b) {
    var out = new Float64Array(16);
    for (var i = 0; i < 16; i++) out[i] = a[i] + b[i];
    return out;
  }

  function less(a, b) {
    var out = new Float64Array(16);
    for (var i = 0; i < 16; i++) out[i] = a[i] - b[i];
    return out;
  }

  /* Bring limbs back towards 0..65535. What leaves at the top, 2^256, is 38 modulo p. */
  function carried(a) {
    for (var i = 0; i < 16; i++) {
      var carry = Math.floor(a[i] / 65536);
      a[i] -= carry * 65536;
      if (i < 15) a[i + 1] += carry;
      else a[0] += 38 * carry;
    }
    return a;
  }

  function times(a, b) {
    var wide = new Float64Array(31), out = new Float64Array(16), i, j;
    for (i = 0; i < 16; i++) for (j = 0; j < 16; j++) wide[i + j] += a[i] * b[j];
    for (i = 0; i < 16; i++) out[i] = wide[i] + (i < 15 ? 38 * wide[i + 16] : 0);
    return carried(carried(out));
  }

  /* a to the power whose bits from ``top`` down are all ones, except the places in ``zeros``. */
  function powered(a, top, zeros) {
    var out = a;
    for (var bit = top - 1; bit >= 0; bit--) {
      out = times(out, out);
      if (zeros.indexOf(bit) < 0) out = times(out, a);
    }
    return out;
  }

  function inverse(a) {
    return powered(a, 254, [2, 4]); // p - 2 = 2^255 - 21
  }

  /* The 32 bytes of a, fully reduced. */
  function packed(a) {
    var n = carried(carried(carried(sum(a, small(0)))));
    for (var round = 0; round < 2; round++) {
      // Subtract p unless that is negative.
      var m = new Float64Array(16), borrow = 0;
      for (var i = 0; i < 16; i++) {
        m[i] = n[i] - (i === 0 ? 65517 : i === 15 ? 32767 : 65535) - borrow;
        borrow = m[i] < 0 ? 1 : 0;
        m[i] += borrow * 65536;
      }
      if (!borrow) n = m;
    }
    var out = new Uint8Array(32);
    for (i = 0; i < 16; i++) {
      out[2 * i] = n[i] & 255;
      out[2 * i + 1] = n[i] >> 8;
    }
    return out;
  }

  function unpacked(bytes) {
    var out = new Float64Array(16);
    for (var i = 0; i < 16; i++) out[i] = bytes[2 * i] + 256 * bytes[2 * i + 1];
    out[15] %= 32768;
    return out;
  }

  function same(a, b) {
    var different = 0;
    for (var i = 0; i < a.length; i++) different |= a[i] ^ b[i];
    return a.length === b.length && !different;
  }

  function equal(a, b) {
    return same(packed(a), packed(b));
  }

  // ---- Points of the curve: [X, Y, Z, T] with x = X/Z, y = Y/Z, T = XY/Z -----------------------

  var curve = null;

  function prepareCurve() {
    curve = {};
    curve.d = times(less(small(0), small(121665)), inverse(small(121666)));
    curve.d2 = carried(sum(curve.d, curve.d));
    curve.root = powered(small(2), 252, [2]); // 2^((p-1)/4), a square root of -1
    var y = times(small(4), inverse(small(5)));
    curve.base = point(packed(y)); // of the two points at y = 4/5 the one with even x
  }

  function joined(p, q) {
    var a = times(less(p[1], p[0]), less(q[1], q[0]));
    var b = times(sum(p[1], p[0]), sum(q[1], q[0]));
    var c = times(times(p[3], q[3]), curve.d2);
    var d = times(p[2], q[2]);
    d = sum(d, d);
    var e = less(b, a), f = less(d, c), g = sum(d, c), h = sum(b, a);
    return [times(e, f), times(h, g), times(g, f), times(e, h)];
  }

  /* The point behind 32 bytes, or null when there is none. RFC 8032 section 5.1.3. */
  function point(bytes) {
    var y = unpacked(bytes), one = small(1), sign = bytes[31] >> 7;
    if (!same(packed(y).slice(0, 31), bytes.slice(0, 31))) return null;
    var u = less(times(y, y), one), v = sum(times(curve.d, times(y, y)), one);
    var v3 = times(times(v, v), v);
    // x = u v^3 (u v^7)^((p-5)/8), and (p - 5) / 8 = 2^252 - 3
    var x = times(times(u, v3), powered(times(u, times(v3, times(v3, v))), 251, [1]));
    var check = times(v, times(x, x));
    if (!equal(check, u)) {
      if (!equal(check, less(small(0), u))) return null;
      x = times(x, curve.root);
    }
    var parity = packed(x)[0] & 1;
    if (sign && equal(x, small(0))) return null;
    if (parity !== sign) x = carried(less(small(0), x));
    return [x, y, one, times(x, y)];
  }

  function pointBytes(p) {
    var z = inverse(p[2]), out = packed(times(p[1], z));
    out[31] |= (packed(times(p[0], z))[0] & 1) << 7;
    return out;
  }

  // ---- Numbers modulo the order of the base point, L -------------------------------------------

  /* L, least significant byte first: 2^252 + 27742317777372353535851937790883648493 */
  var ORDER = [
    237, 211, 245, 92, 26, 99, 18, 88, 214, 156, 247, 162, 222, 249, 222, 20,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16
  ];

  function isBelowOrder(bytes) {
    for (var i = 31; i >= 0; i--) {
      if (bytes[i] !== ORDER[i]) return bytes[i] < ORDER[i];
    }
    return false;
  }

  /* 64 bytes modulo L, by plain long division, bit by bit: double, take in a bit, subtract. */
  function reduced(bytes) {
    var rest = new Uint8Array(33), order = new Uint8Array(33);
    order.set(ORDER);
    for (var bit = 511; bit >= 0; bit--) {
      var carry = (bytes[bit >> 3] >> (bit & 7)) & 1;
      for (var i = 0; i < 33; i++) {
        carry += rest[i] * 2;
        rest[i] = carry & 255;
        carry >>= 8;
      }
      if (rest[32] || !isBelowOrder(rest)) {
        var borrow = 0;
        for (i = 0; i < 33; i++) {
          borrow += rest[i] - order[i];
          rest[i] = borrow & 255;
          borrow >>= 8;
        }
      }
    }
    return rest.slice(0, 32);
  }

  /* s * p + k * q, reading both numbers bit by bit from the top. */
  function combined(s, p, k, q) {
    var both = joined(p, q), out = [small(0), small(1), small(1), small(0)];
    for (var bit = 255; bit >= 0; bit--) {
      out = joined(out, out);
      var inS = (s[bit >> 3] >> (bit & 7)) & 1, inK = (k[bit >> 3] >> (bit & 7)) & 1;
      if (inS && inK) out = joined(out, both);
      else if (inS) out = joined(out, p);
      else if (inK) out = joined(out, q);
    }
    return out;
  }

  /* Did the key (32 bytes) sign the message? RFC 8032 section 5.1.7, without the cofactor. */
  function verify(key, signature, message) {
    if (key.length !== 32 || signature.length !== 64) return false;
    if (!curve) prepareCurve();
    var a = point(key), r = signature.slice(0, 32), s = signature.slice(32);
    if (!a || !isBelowOrder(s)) return false;
    var hashed = new Uint8Array(64 + message.length);
    hashed.set(r);
    hashed.set(key, 32);
    hashed.set(message, 64);
    var k = reduced(sha512(hashed));
    var minusA = [less(small(0), a[0]), a[1], a[2], less(small(0), a[3])];
    return same(pointBytes(combined(s, curve.base, k, minusA)), r);
  }

  return { sha256: sha256, sha512: sha512, verify: verify };
})();
