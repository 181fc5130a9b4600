/* Reading QR codes in a photo, after ISO/IEC 18004:2015: find the three corners, lay a net of the
 * alignment patterns over the code, ask each module whether it is dark, mend, and read the text.
 *
 * For browsers without a reader of their own, which on plain HTTP and from a file is most of them.
 * Nothing here touches the page. Points are [x, y] in pixels of the picture; modules are counted
 * from the middle of the first one.
 */
"use strict";

var photo = (function () {
  var ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  // Table 9 of the standard for the levels L, M, Q and H, versions 1 to 40.
  var CHECKS = [
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
      28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
      26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28],
    [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
      28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
      30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30]
  ];
  var BLOCKS = [
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
      8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
      17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
    [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
      23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68],
    [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
      25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81]
  ];
  var LEVELS = [1, 0, 3, 2]; // the two bits of the format name M, L, H, Q
  var MOST_CORNERS = 24, MOST_TRIES = 60;

  // ---- The picture in grey ---------------------------------------------------------------------

  /* ``rgba`` as a canvas gives it, made smaller by averaging ``step`` by ``step`` pixels.
   * ``sums`` holds, for each pixel, the sum of all above and to the left; up to 16 million pixels. */
  function grey(rgba, step) {
    var width = Math.floor(rgba.width / step), height = Math.floor(rgba.height / step);
    var values = new Uint8Array(width * height), wide = width + 1;
    var sums = new Uint32Array(wide * (height + 1)), data = rgba.data;
    for (var y = 0; y < height; y++) {
      var row = 0;
      for (var x = 0; x < width; x++) {
        var total = 0;
        for (var dy = 0; dy < step; dy++) {
          var at = ((y * step + dy) * rgba.width + x * step) * 4;
          for (var dx = 0; dx < step; dx++, at += 4) {
            total += data[at] * 3 + data[at + 1] * 6 + data[at + 2];
          }
        }
        var value = Math.round(total / (10 * step * step));
        values[y * width + x] = value;
        row += value;
        sums[(y + 1) * wide + x + 1] = sums[y * wide + x + 1] + row;
      }
    }
    return { width: width, height: height, values: values, sums: sums };
  }

  /* The mean of the square around a point, as far as it lies in the picture. */
  function mean(picture, x, y, radius) {
    var left = Math.max(0, x - radius), right = Math.min(picture.width, x + radius + 1);
    var top = Math.max(0, y - radius), bottom = Math.min(picture.height, y + radius + 1);
    var wide = picture.width + 1, sums = picture.sums;
    var total = sums[bottom * wide + right] - sums[top * wide + right] -
      sums[bottom * wide + left] + sums[top * wide + left];
    return total / ((right - left) * (bottom - top));
  }

  /* 1 where the picture is darker than its surroundings, 0 elsewhere. */
  function darkness(picture, radius) {
    var dark = new Uint8Array(picture.width * picture.height);
    for (var y = 0, at = 0; y < picture.height; y++) {
      for (var x = 0; x < picture.width; x++, at++) {
        dark[at] = picture.values[at] < 0.88 * mean(picture, x, y, radius) ? 1 : 0;
      }
    }
    return { width: picture.width, height: picture.height, dark: dark };
  }

  // ---- The corners: dark, light, dark, light, dark as 1:1:3:1:1 --------------------------------

  function isCorner(runs) {
    var unit = (runs[0] + runs[1] + runs[2] + runs[3] + runs[4]) / 7;
    if (unit < 1) return 0;
    for (var i = 0; i < 5; i++) {
      var right = i === 2 ? 3 : 1;
      if (Math.abs(runs[i] - right * unit) > (right === 3 ? 1.2 : 0.75) * unit) return 0;
    }
    return unit;
  }

  /* Walks from a dark pixel both ways along one axis; returns the middle of the corner on it. */
  function across(bitmap, x, y, dx, dy, longest) {
    var runs = [0, 0, 0, 0, 0], ends = [0, 0];
    for (var side = 0; side < 2; side++) {
      var sign = side ? 1 : -1, place = 2, want = 1, step = side ? 1 : 0;
      for (;; step++) {
        var px = x + sign * step * dx, py = y + sign * step * dy;
        if (px < 0 || py < 0 || px >= bitmap.width || py >= bitmap.height) break;
        if (bitmap.dark[py * bitmap.width + px] !== want) {
          if (place === 2) ends[side] = step;
          place += sign;
          want = 1 - want;
          if (place < 0 || place > 4) break;
        }
        if (++runs[place] > longest) return null;
      }
      if (place >= 0 && place <= 4 && place !== (side ? 4 : 0)) return null;
    }
    var unit = isCorner(runs);
    return unit && { unit: unit, shift: (ends[1] - ends[0]) / 2 };
  }

  function corners(bitmap) {
    var found = [];
    for (var y = 0; y < bitmap.height; y += 2) {
      var runs = [0, 0, 0, 0, 0], last = 0, row = y * bitmap.width;
      for (var x = 0; x <= bitmap.width; x++) {
        var dark = x < bitmap.width ? bitmap.dark[row + x] : 2;
        if (dark === last) {
          runs[4]++;
          continue;
        }
        if (last === 1 && isCorner(runs)) {
          confirm(bitmap, Math.floor(x - runs[4] - runs[3] - runs[2] / 2), y, runs, found);
        }
        runs = [runs[1], runs[2], runs[3], runs[4], 1];
        last = dark;
      }
    }
    found.sort(function (a, b) { return b.count - a.count; });
    return found.slice(0, MOST_CORNERS);
  }

  function confirm(bitmap, x, y, runs, found) {
    var longest = 3 * runs[2];
    var down = across(bitmap, x, y, 0, 1, longest);
    if (!down) return;
    var middle = Math.round(y + down.shift);
    var along = across(bitmap, x, middle, 1, 0, longest);
    if (!along || along.unit > 2 * down.unit || down.unit > 2 * along.unit) return;
    var px = x + along.shift, py = y + down.shift, unit = (along.unit + down.unit) / 2;
    for (var i = 0; i < found.length; i++) {
      var known = found[i];
      if (Math.abs(known.x - px) < 2 * unit && Math.abs(known.y - py) < 2 * unit) {
        known.x = (known.x * known.count + px) / (known.count + 1);
        known.y = (known.y * known.count + py) / (known.count + 1);
        known.unit = (known.unit * known.count + unit) / (known.count + 1);
        known.count++;
        return;
      }
    }
    found.push({ x: px, y: py, unit: unit, count: 1 });
  }

  /* Three corners each that may belong to one code, the likeliest first: [top left, top right,
   * bottom left], seen from the front. */
  function triples(found) {
    var all = [];
    for (var i = 0; i < found.length; i++) {
      for (var j = 0; j < found.length; j++) {
        for (var k = j + 1; k < found.length; k++) {
          if (i === j || i === k) continue;
          var a = found[i], b = found[j], c = found[k];
          var bx = b.x - a.x, by = b.y - a.y, cx = c.x - a.x, cy = c.y - a.y;
          var ab = Math.sqrt(bx * bx + by * by), ac = Math.sqrt(cx * cx + cy * cy);
          var units = [a.unit, b.unit, c.unit];
          var small = Math.min.apply(null, units), large = Math.max.apply(null, units);
          var slant = Math.abs(bx * cx + by * cy) / (ab * ac), uneven = Math.abs(ab - ac) / (ab + ac);
          if (large > 2 * small || slant > 0.5 || uneven > 0.3 || ab < 10 * small) continue;
          var turn = bx * cy - by * cx;
          all.push({
            corners: turn > 0 ? [a, b, c] : [a, c, b],
            badness: slant + 2 * uneven + (large / small - 1) - 0.02 * Math.min(a.count, b.count, c.count)
          });
        }
      }
    }
    all.sort(function (a, b) { return a.badness - b.badness; });
    return all.slice(0, MOST_TRIES).map(function (each) { return each.corners; });
  }

  // ---- From modules to pixels ------------------------------------------------------------------

  function between(p, q, share) {
    return [p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share];
  }

  /* The projection that lays (0, 0), (1, 0) and (0, 1) on three points; ``v`` and ``w`` say how far
   * off the second and the third are, the first being at 1: what is farther is smaller. */
  function projection(a, b, c, v, w) {
    return function (x, y) {
      var all = 1 + x * (v - 1) + y * (w - 1);
      return [
        (a[0] + x * (v * b[0] - a[0]) + y * (w * c[0] - a[0])) / all,
        (a[1] + x * (v * b[1] - a[1]) + y * (w * c[1] - a[1])) / all
      ];
    };
  }

  /* The same for four points, of which the last lies at (share, share). */
  function through(a, b, c, d, share) {
    var bx = b[0] - d[0], by = b[1] - d[1], cx = c[0] - d[0], cy = c[1] - d[1];
    var rest = (1 - 2 * share) / share, dx = rest * (d[0] - a[0]), dy = rest * (d[1] - a[1]);
    var scale = bx * cy - cx * by;
    return projection(a, b, c, (dx * cy - cx * dy) / scale, (bx * dy - dx * by) / scale);
  }

  /* Modules counted from the middles of the corners, which are (3, 3), (size - 4, 3) and (3, size - 4). */
  function fromCorners(square, size) {
    return function (x, y) { return square((x - 3) / (size - 7), (y - 3) / (size - 7)); };
  }

  /* How light a point is against its surroundings: below 0 is dark. ``unit`` is the width of a
   * module; where it is some pixels, a part of them speaks for a point, for one may be noise. */
  function lightness(picture, point, unit) {
    var x = Math.floor(point[0]), y = Math.floor(point[1]), around = Math.max(3, Math.round(5 * unit));
    if (x < 1 || y < 1 || x >= picture.width - 2 || y >= picture.height - 2) return NaN;
    var middle = mean(picture, x, y, around), own = Math.floor(unit / 4);
    if (own) return mean(picture, Math.round(point[0]), Math.round(point[1]), own) - middle;
    var fx = point[0] - x, fy = point[1] - y, at = y * picture.width + x, v = picture.values;
    return (v[at] * (1 - fx) + v[at + 1] * fx) * (1 - fy) +
      (v[at + picture.width] * (1 - fx) + v[at + picture.width + 1] * fx) * fy - middle;
  }

  /* How often it changes between dark and light on the way from one point to another. */
  function changes(picture, from, to, unit) {
    var length = Math.sqrt(Math.pow(to[0] - from[0], 2) + Math.pow(to[1] - from[1], 2));
    var steps = Math.ceil(length / unit * 5), lights = [], sum = 0, count = 0, dark = true;
    for (var i = 0; i <= steps; i++) {
      lights.push(lightness(picture, between(from, to, i / steps), unit));
      sum += Math.abs(lights[i]);
    }
    lights.forEach(function (light) {
      // What is neither is on its way from one to the other.
      if (Math.abs(light) > 0.4 * sum / steps && light < 0 !== dark) {
        dark = !dark;
        count++;
      }
    });
    return count;
  }

  /* How many modules wide the code between three corners may be, the likeliest first: the timing
   * patterns between them change at every module, but some changes may be lost in a bad photo. */
  function sizesOf(picture, triple, units) {
    var points = triple.map(function (each) { return [each.x, each.y]; });
    // From the middle of a corner three modules in, and three towards the third corner.
    function inner(here, along, down) {
      var p = points[here], reach = 3 * units[here], sum = [p[0], p[1]];
      [along, down].forEach(function (towards) {
        var dx = towards[0] - p[0], dy = towards[1] - p[1], length = Math.sqrt(dx * dx + dy * dy);
        sum = [sum[0] + dx / length * reach, sum[1] + dy / length * reach];
      });
      return sum;
    }
    var a = points[0], b = points[1], c = points[2], flat = [b[0] + c[0] - a[0], b[1] + c[1] - a[1]];
    var start = inner(0, b, c), unit = Math.min.apply(null, units);
    var counted = [1, 2].map(function (end) {
      return changes(picture, start, inner(end, a, flat), unit);
    });
    if (Math.abs(counted[0] - counted[1]) > 0.15 * (counted[0] + counted[1])) return [];
    var version = Math.round((Math.max(counted[0], counted[1]) - 4) / 4);
    return [version, version + 1, version - 1, version + 2].filter(function (each) {
      return each >= 1 && each <= 40;
    }).map(function (each) { return 17 + 4 * each; });
  }

  /* The share of the timing patterns that alternate as they must. */
  function timing(picture, at, size, unit) {
    var right = 0;
    for (var i = 8; i < size - 8; i++) {
      right += lightness(picture, at(i, 6), unit) < 0 === (i % 2 === 0);
      right += lightness(picture, at(6, i), unit) < 0 === (i % 2 === 0);
    }
    return right / (2 * size - 32);
  }

  /* Where an alignment pattern stands near the place that ``at`` gives to module (x, y), or null. */
  function alignment(picture, at, x, y, reach, unit) {
    var origin = at(x, y), right = at(x + 1, y), down = at(x, y + 1);
    var ux = right[0] - origin[0], uy = right[1] - origin[1];
    var vx = down[0] - origin[0], vy = down[1] - origin[1];
    var best = 0, place = null;
    for (var dy = -reach; dy <= reach; dy += 0.25) {
      for (var dx = -reach; dx <= reach; dx += 0.25) {
        var score = 0;
        for (var j = -2; j <= 2; j++) {
          for (var i = -2; i <= 2; i++) {
            var ring = Math.max(Math.abs(i), Math.abs(j));
            var light = lightness(picture, [
              origin[0] + (dx + i) * ux + (dy + j) * vx, origin[1] + (dx + i) * uy + (dy + j) * vy
            ], unit);
            score += ring === 1 ? light : -light;
          }
        }
        score -= 2 * (Math.abs(dx) + Math.abs(dy));
        if (score > best) {
          best = score;
          place = [origin[0] + dx * ux + dy * vx, origin[1] + dx * uy + dy * vy];
        }
      }
    }
    return place;
  }

  /* Annex E: the rows and columns in which the alignment patterns stand. */
  function alignmentPlaces(version) {
    if (version === 1) return [];
    var count = Math.floor(version / 7) + 2, last = 4 * version + 10, found = [6];
    var step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
    for (var i = count - 2; i >= 0; i--) found.push(last - i * step);
    return found;
  }

  /* A net over the code that follows paper which does not lie flat: every alignment pattern that
   * is found holds it, between them it is straight. Returns module -> point. */
  function net(picture, triple, units, size) {
    var points = triple.map(function (each) { return [each.x, each.y]; });
    var a = points[0], b = points[1], c = points[2], unit = Math.min.apply(null, units);
    var far = units.map(function (each) { return Math.pow(units[0] / each, 2 / 3); });
    var at = fromCorners(projection(a, b, c, far[1], far[2]), size);
    var places = alignmentPlaces((size - 17) / 4), last = places.length - 1;
    if (last < 1) return at;
    var reach = size - 7;
    var fourth = alignment(picture, at, reach, reach, Math.max(3, size / 12), unit);
    if (fourth) at = fromCorners(through(a, b, c, fourth, (reach - 3) / (size - 7)), size);
    if (last < 2) return at;
    var knots = places.map(function (y, j) {
      return places.map(function (x, i) {
        var isCorner = (i === 0 && j === 0) || (i === last && j === 0) || (i === 0 && j === last);
        return (!isCorner && alignment(picture, at, x, y, 2, unit)) || at(x, y);
      });
    });
    return function (x, y) {
      var i = 0, j = 0;
      while (i < last - 1 && x > places[i + 1]) i++;
      while (j < last - 1 && y > places[j + 1]) j++;
      var along = (x - places[i]) / (places[i + 1] - places[i]);
      return between(between(knots[j][i], knots[j][i + 1], along),
        between(knots[j + 1][i], knots[j + 1][i + 1], along),
        (y - places[j]) / (places[j + 1] - places[j]));
    };
  }

  /* The text of the code between three corners, or null. */
  function textBetween(picture, triple) {
    var dx = triple[1].x - triple[0].x, dy = triple[1].y - triple[0].y;
    // The lines of the picture cut a turned corner aslant, where it is wider.
    var turned = Math.max(Math.abs(dx), Math.abs(dy)) / Math.sqrt(dx * dx + dy * dy);
    var units = triple.map(function (each) { return each.unit * turned; });
    var unit = Math.min.apply(null, units), sizes = sizesOf(picture, triple, units);
    for (var i = 0; i < sizes.length; i++) {
      var at = net(picture, triple, units, sizes[i]), rows = [];
      if (timing(picture, at, sizes[i], unit) < 0.75) continue;
      for (var y = 0; y < sizes[i]; y++) {
        rows.push([]);
        for (var x = 0; x < sizes[i]; x++) rows[y].push(lightness(picture, at(x, y), unit) < 0);
      }
      var text = decode(rows);
      if (text) return text;
    }
    return null;
  }

  // ---- From modules to text --------------------------------------------------------------------

  function distance(a, b) {
    for (var bits = a ^ b, count = 0; bits; bits &= bits - 1) count++;
    return count;
  }

  /* Level and mask, from whichever of the two copies is nearer to one of the 32 that there are. */
  function format(rows) {
    var size = rows.length, first = 0, second = 0;
    function bit(value, x, y) { return value << 1 | rows[y][x]; }
    for (var i = 0; i < 6; i++) first = bit(first, i, 8);
    first = bit(bit(bit(first, 7, 8), 8, 8), 8, 7);
    for (i = 5; i >= 0; i--) first = bit(first, 8, i);
    for (i = 0; i < 7; i++) second = bit(second, 8, size - 1 - i);
    for (i = 8; i > 0; i--) second = bit(second, size - i, 8);
    var best = 4, found = null;
    for (var data = 0; data < 32; data++) {
      for (var rest = data << 10, k = 4; k >= 0; k--) if (rest >> (k + 10) & 1) rest ^= 0x537 << k;
      var word = (data << 10 | rest) ^ 0x5412;
      var far = Math.min(distance(word, first), distance(word, second));
      if (far < best) {
        best = far;
        found = { level: LEVELS[data >> 3], mask: data & 7 };
      }
    }
    return found;
  }

  function isMasked(mask, x, y) {
    return [
      (x + y) % 2, y % 2, x % 3, (x + y) % 3, (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
      x * y % 2 + x * y % 3, (x * y % 2 + x * y % 3) % 2, ((x + y) % 2 + x * y % 3) % 2
    ][mask] === 0;
  }

  /* Which modules carry no data. */
  function fixed(size) {
    var version = (size - 17) / 4, places = alignmentPlaces(version), last = places.length - 1;
    return function (x, y) {
      if (x === 6 || y === 6) return true;
      if (y < 9 && (x < 9 || x >= size - 8) || x < 9 && y >= size - 8) return true;
      if (version > 6 && (y < 6 && x >= size - 11 || x < 6 && y >= size - 11)) return true;
      return places.some(function (py, j) {
        return Math.abs(py - y) <= 2 && places.some(function (px, i) {
          var isCorner = (i === 0 && j === 0) || (i === last && j === 0) || (i === 0 && j === last);
          return !isCorner && Math.abs(px - x) <= 2;
        });
      });
    };
  }

  function codewords(rows, mask) {
    var size = rows.length, skip = fixed(size), found = [], value = 0, bits = 0;
    for (var right = size - 1, up = true; right > 0; right -= 2, up = !up) {
      if (right === 6) right--;
      for (var step = 0; step < size; step++) {
        var y = up ? size - 1 - step : step;
        for (var x = right; x > right - 2; x--) {
          if (skip(x, y)) continue;
          value = value << 1 | (rows[y][x] !== isMasked(mask, x, y));
          if (++bits % 8 === 0) {
            found.push(value);
            value = 0;
          }
        }
      }
    }
    return found;
  }

  // Arithmetic of the 256 bytes, with x^8 + x^4 + x^3 + x^2 + 1.
  var EXP = [], LOG = [];
  for (var power = 0, value = 1; power < 255; power++) {
    EXP[power] = value;
    LOG[value] = power;
    value = value << 1 ^ (value > 127 ? 0x11d : 0);
  }

  function times(a, b) {
    return a && b ? EXP[(LOG[a] + LOG[b]) % 255] : 0;
  }

  /* The value at x of a polynomial, its lowest term first. */
  function worth(terms, x) {
    for (var sum = 0, i = terms.length - 1; i >= 0; i--) sum = times(sum, x) ^ terms[i];
    return sum;
  }

  /* Mends a block of data and ``checks`` check bytes in its place (Berlekamp and Massey, Forney);
   * false when too much of it is wrong. */
  function mend(block, checks) {
    var syndromes = [], wrong = false, i, k, n = block.length;
    var lowestFirst = block.slice().reverse();
    for (i = 0; i < checks; i++) {
      syndromes.push(worth(lowestFirst, EXP[i]));
      wrong = wrong || syndromes[i] !== 0;
    }
    if (!wrong) return true;
    var locator = [1], before = [1], errors = 0, since = 1, b = 1;
    for (k = 0; k < checks; k++) {
      var gap = syndromes[k];
      for (i = 1; i <= errors; i++) gap ^= times(locator[i] || 0, syndromes[k - i]);
      if (!gap) {
        since++;
        continue;
      }
      var kept = locator.slice(), factor = times(gap, EXP[(255 - LOG[b]) % 255]);
      for (i = 0; i < before.length; i++) {
        locator[i + since] = (locator[i + since] || 0) ^ times(factor, before[i]);
      }
      for (i = 0; i < locator.length; i++) locator[i] = locator[i] || 0;
      if (2 * errors <= k) {
        errors = k + 1 - errors;
        before = kept;
        b = gap;
        since = 1;
      } else since++;
    }
    if (2 * errors > checks) return false;
    var evaluator = [], slope = [], places = [];
    for (i = 0; i < checks; i++) {
      evaluator[i] = 0;
      for (k = 0; k <= i && k < locator.length; k++) evaluator[i] ^= times(locator[k], syndromes[i - k]);
    }
    for (i = 1; i < locator.length; i++) slope.push(i % 2 ? locator[i] : 0);
    for (i = 0; i < n; i++) if (!worth(locator, EXP[(255 - i) % 255])) places.push(i);
    if (places.length !== errors) return false;
    places.forEach(function (place) {
      var inverse = EXP[(255 - place) % 255];
      var below = worth(slope, inverse);
      var size = times(EXP[place % 255], times(worth(evaluator, inverse), EXP[(255 - LOG[below]) % 255]));
      block[n - 1 - place] ^= size;
    });
    lowestFirst = block.slice().reverse();
    for (i = 0; i < checks; i++) if (worth(lowestFirst, EXP[i])) return false;
    return true;
  }

  /* The bytes of the message from the codewords in the order of the code; null when it is lost. */
  function message(words, version, level) {
    var count = BLOCKS[level][version - 1], checks = CHECKS[level][version - 1];
    var short = Math.floor(words.length / count), firstLong = count - words.length % count;
    var blocks = [], data = [], at = 0, i, k;
    for (i = 0; i < count; i++) blocks.push([]);
    for (k = 0; k <= short - checks; k++) {
      for (i = 0; i < count; i++) if (k < short - checks || i >= firstLong) blocks[i].push(words[at++]);
    }
    for (k = 0; k < checks; k++) for (i = 0; i < count; i++) blocks[i].push(words[at++]);
    for (i = 0; i < count; i++) {
      if (!mend(blocks[i], checks)) return null;
      data = data.concat(blocks[i].slice(0, -checks));
    }
    return data;
  }

  /* The text of a message: digits, alphanumeric, bytes of UTF-8 or Latin-1. Others give null. */
  function textOf(bytes, version) {
    var at = 0, text = "", more = version < 10 ? 0 : version < 27 ? 1 : 2;
    function take(count) {
      for (var value = 0; count > 0; count--, at++) {
        value = value * 2 + (bytes[at >> 3] >> (7 - at % 8) & 1);
      }
      return value;
    }
    while (bytes.length * 8 - at >= 4) {
      var mode = take(4), count;
      if (mode === 0) break;
      if (mode === 7) { // which letters bytes mean; ours are UTF-8 or plain
        if (take(1)) take(take(1) ? 21 : 14);
        else take(7);
      } else if (mode === 1) {
        for (count = take([10, 12, 14][more]); count > 0; count -= 3) {
          var digits = Math.min(3, count);
          text += ("00" + take([0, 4, 7, 10][digits])).slice(-digits);
        }
      } else if (mode === 2) {
        for (count = take([9, 11, 13][more]); count > 1; count -= 2) {
          var pair = take(11);
          text += ALPHANUMERIC.charAt(pair / 45) + ALPHANUMERIC.charAt(pair % 45);
        }
        if (count) text += ALPHANUMERIC.charAt(take(6));
      } else if (mode === 4) {
        for (var raw = "", left = take([8, 16, 16][more]); left > 0; left--) raw += String.fromCharCode(take(8));
        try {
          text += decodeURIComponent(escape(raw));
        } catch (_) {
          text += raw;
        }
      } else return null;
      if (at > bytes.length * 8) return null;
    }
    return text;
  }

  /* The text of a code given as rows of booleans, dark being true; null when it cannot be read. */
  function decode(rows) {
    var kind = format(rows), version = (rows.length - 17) / 4;
    if (!kind) return null;
    var data = message(codewords(rows, kind.mask), version, kind.level);
    return data && textOf(data, version);
  }

  /* The texts that are found in a picture, its dark places being those darker than the mean of
   * ``radius`` pixels around them. */
  function textsIn(picture, radius) {
    var texts = [], used = [];
    triples(corners(darkness(picture, radius))).forEach(function (triple) {
      if (triple.some(function (each) { return used.indexOf(each) >= 0; })) return;
      var text = textBetween(picture, triple);
      if (!text) return;
      texts.push(text);
      used = used.concat(triple);
    });
    return texts;
  }

  /* The texts of the QR codes in ``{width, height, data}``, as a canvas gives it. A large photo is
   * looked at small first, which is quick and takes away its noise, and closer until one of the
   * texts is wanted: ``isWanted(text)``. */
  function read(rgba, isWanted) {
    var longest = Math.max(rgba.width, rgba.height), texts = [];
    for (var step = Math.max(1, Math.round(longest / 1600)); step > 0; step--) {
      var picture = grey(rgba, step), side = Math.min(picture.width, picture.height);
      for (var part = 16; part <= 64 && side / part >= 4; part *= 4) {
        textsIn(picture, Math.floor(side / part)).forEach(function (text) {
          if (texts.indexOf(text) < 0) texts.push(text);
        });
        if (texts.some(isWanted)) return texts;
      }
    }
    return texts;
  }

  return { read: read, decode: decode };
})();
