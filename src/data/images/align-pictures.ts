import { coreOf, type PictureShape, thumbnailSide, turned, turnedView, type View } from "./picture-shape.js";

/** An affine map from places of one picture to places of another, both relative to the middle: u = a x + b y + e, v = c x + d y + f. */
type Affine = [a: number, b: number, c: number, d: number, e: number, f: number];

/** A square plane. */
interface Plane {
  readonly values: Float32Array;
  readonly side: number;
}

/** Smallest share of a picture that the other one shows. */
const leastOverlap = 0.35;
/** Turns, scales and shifts from which an alignment starts, in degrees, shares and pixels of the halved planes. */
const starts = [0, 9, -9].flatMap((degrees) =>
  [0.9, 1.1].flatMap((scale) =>
    [0, 1, -1].flatMap((x) => [0, 1, -1].map((y) => ({ angle: (degrees * Math.PI) / 180, scale, x, y }))),
  ),
);
/** Starts that are followed. */
const followed = 3;
/** Smallest correlation of halved planes, after the first steps and after the last ones. */
const [leastFirst, leastHalved] = [0.2, 0.35];

/**
 * Returns how well two pictures agree, if one shows at least a third of the other one: cropped, scaled, turned, lighter, in another perspective, or
 * in grey. The pictures are aligned by an affine map, first with half as many pixels, and then compared block by block.
 *
 * @param one its structure, turned by `turn` and seen through `view`, is where the alignment starts
 * @returns mean correlation of the blocks, -1 … 1; 0 for pictures that cannot be aligned
 * @see Baker and Matthews, "Lucas-Kanade 20 years on", 2004
 */
export function agreementOf(one: PictureShape, other: PictureShape, turn: number, view: View): number {
  if (!hasTwoDirections(other.core)) return 0;
  const fine = { values: turned(one.whole, turn), side: thumbnailSide };
  const target = { values: other.core, side: thumbnailSide };
  const [coarse, coarseTarget] = [halved(fine), halved(target)];
  const { scale, x, y, angle } = turnedView(view, turn);
  const maps = starts
    .map((start) => {
      const [c, s] = turnBy(angle + start.angle, scale * start.scale);
      const map: Affine = [c, -s, s, c, x / 2 + start.x, y / 2 + start.y];
      return { map, fit: correlation(coarseTarget, coarse, map) };
    })
    .sort((a, b) => b.fit - a.fit)
    .slice(0, followed);
  let best = { map: maps[0]!.map, fit: leastFirst };
  for (const { map } of maps) {
    if (!align(coarseTarget, coarse, map, 4)) continue;
    const fit = correlation(coarseTarget, coarse, map);
    if (fit > best.fit) best = { map, fit };
  }
  if (best.fit <= leastFirst) return 0;
  const { map } = best;
  if (!align(coarseTarget, coarse, map, 6) || correlation(coarseTarget, coarse, map) < leastHalved) return 0;
  map[4] *= 2;
  map[5] *= 2;
  if (!align(target, fine, map, 6) || !isPlausible(map)) return 0;
  if (!coloursAgree(turned(one.colour, turn), other.colour, map)) return 0;
  const seen = mapped({ values: turned(one.detail, turn), side: thumbnailSide }, map, thumbnailSide);
  return agreementOfBlocks(coreOf(other.detail), seen);
}

const turnBy = (angle: number, scale: number): readonly [number, number] => [
  scale * Math.cos(angle),
  scale * Math.sin(angle),
];

/** Smallest share of the lesser of two directions in the squared gradients. An edge alone looks like any other edge. */
const leastDirection = 0.1;

/** True if the gradients of a plane have two directions: the lesser eigenvalue of Σ g gᵀ is no less than a tenth of the larger. */
function hasTwoDirections(plane: Float32Array): boolean {
  const side = thumbnailSide;
  let [xx, xy, yy] = [0, 0, 0];
  for (let y = 1; y < side - 1; y++)
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      const [gx, gy] = [plane[at + 1]! - plane[at - 1]!, plane[at + side]! - plane[at - side]!];
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
    }
  const between = Math.hypot(xx - yy, 2 * xy);
  return xx + yy - between >= leastDirection * (xx + yy + between);
}

/** Returns a plane with half as many pixels a side. */
function halved({ values, side }: Plane): Plane {
  const half = side / 2;
  const out = new Float32Array(half * half);
  for (let y = 0; y < half; y++)
    for (let x = 0; x < half; x++) {
      const at = 2 * y * side + 2 * x;
      out[y * half + x] = (values[at]! + values[at + 1]! + values[at + side]! + values[at + side + 1]!) / 4;
    }
  return { values: out, side: half };
}

/** Returns a plane seen through a map, bilinearly; NaN outside of it. */
function mapped({ values, side }: Plane, [a, b, c, d, e, f]: Affine, to: number): Float32Array {
  const out = new Float32Array(to * to).fill(Number.NaN);
  const centre = (side - 1) / 2;
  for (let y = 0; y < to; y++)
    for (let x = 0; x < to; x++) {
      const [p, q] = [x - centre, y - centre];
      const [u, v] = [a * p + b * q + e + centre, c * p + d * q + f + centre];
      if (!(u >= 0 && v >= 0 && u < side - 1 && v < side - 1)) continue;
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const [s, t, at] = [u - i, v - j, j * side + i];
      out[y * to + x] =
        (values[at]! * (1 - s) + values[at + 1]! * s) * (1 - t) +
        (values[at + side]! * (1 - s) + values[at + side + 1]! * s) * t;
    }
  return out;
}

/** Sums over the places of two planes that have values. */
class PairSums {
  n = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #yy = 0;
  #xy = 0;

  add(x: number, y: number): void {
    if (Number.isNaN(y)) return;
    this.n++;
    this.#x += x;
    this.#y += y;
    this.#xx += x * x;
    this.#yy += y * y;
    this.#xy += x * y;
  }

  /** Standard deviations of x and y. */
  get deviations(): readonly [number, number] {
    const of = (square: number, sum: number) => Math.sqrt(Math.max(0, square / this.n - (sum / this.n) ** 2));
    return [of(this.#xx, this.#x), of(this.#yy, this.#y)];
  }

  get correlation(): number {
    const [x, y] = this.deviations;
    const both = this.#xy / this.n - (this.#x / this.n) * (this.#y / this.n);
    return x > 0 && y > 0 ? both / (x * y) : 0;
  }
}

/** Correlation of a plane with another one seen through a map; −1 if they share less than 35 % of their places. Nothing is allocated: it runs most often. */
function correlation(target: Plane, { values, side }: Plane, map: Affine): number {
  const [a, b, c, d, e, f] = map;
  const centre = (side - 1) / 2;
  let [n, sx, sy, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (let q = -centre, k = 0; q <= centre; q++)
    for (let p = -centre; p <= centre; p++, k++) {
      const u = a * p + b * q + e + centre;
      const v = c * p + d * q + f + centre;
      if (!(u >= 0 && v >= 0 && u < side - 1 && v < side - 1)) continue;
      const at = Math.floor(v) * side + Math.floor(u);
      const s = u - Math.floor(u);
      const upper = values[at]! * (1 - s) + values[at + 1]! * s;
      const lower = values[at + side]! * (1 - s) + values[at + side + 1]! * s;
      const y = upper + (lower - upper) * (v - Math.floor(v));
      const x = target.values[k]!;
      n++;
      sx += x;
      sy += y;
      xx += x * x;
      yy += y * y;
      xy += x * y;
    }
  if (n < leastOverlap * side * side) return -1;
  const product = (xx - (sx * sx) / n) * (yy - (sy * sy) / n);
  return product > 0 ? (xy - (sx * sy) / n) / Math.sqrt(product) : 0;
}

/** Residual from which on a pixel counts less than half: hands, stickers and borders are in one picture only. */
const robust = 0.6;
/** Unknowns: the map, a factor and an offset of the values. */
const unknowns = 8;

/**
 * Improves a map by Gauss-Newton steps on Σ w (I(map(x)) − g T(x) − h)², w = 1 / (1 + (residual / 0.6)²).
 * @returns false if it leads out of the picture or has no solution
 */
function align(target: Plane, plane: Plane, map: Affine, steps: number): boolean {
  const { values, side } = plane;
  const centre = (side - 1) / 2;
  const width = unknowns + 1;
  const system = new Float64Array(unknowns * width);
  const row = new Float64Array(unknowns);
  let [factor, offset] = [1, 0];
  for (let step = 0; step < steps; step++) {
    system.fill(0);
    const [a, b, c, d, e, f] = map;
    let seen = 0;
    for (let q = -centre, place = 0; q <= centre; q++)
      for (let p = -centre; p <= centre; p++, place++) {
        const u = a * p + b * q + e + centre;
        const v = c * p + d * q + f + centre;
        if (!(u >= 0 && v >= 0 && u < side - 1 && v < side - 1)) continue;
        const at = Math.floor(v) * side + Math.floor(u);
        const s = u - Math.floor(u);
        const t = v - Math.floor(v);
        const v0 = values[at]!;
        const v1 = values[at + 1]!;
        const v2 = values[at + side]!;
        const v3 = values[at + side + 1]!;
        const dx = (v1 - v0) * (1 - t) + (v3 - v2) * t;
        const dy = (v2 - v0) * (1 - s) + (v3 - v1) * s;
        const wanted = target.values[place]!;
        const residual =
          (v0 * (1 - s) + v1 * s) * (1 - t) + (v2 * (1 - s) + v3 * s) * t - factor * wanted - offset;
        const weight = 1 / (1 + (residual / robust) ** 2);
        seen++;
        row[0] = dx * p;
        row[1] = dx * q;
        row[2] = dy * p;
        row[3] = dy * q;
        row[4] = dx;
        row[5] = dy;
        row[6] = -wanted;
        row[7] = -1;
        for (let k = 0; k < unknowns; k++) {
          const w = weight * row[k]!;
          for (let m = k; m < unknowns; m++) system[k * width + m]! += w * row[m]!;
          system[k * width + unknowns]! -= w * residual;
        }
      }
    if (seen < leastOverlap * side * side || !solve(system, row)) return false;
    let largest = 0;
    for (let k = 0; k < 6; k++) {
      map[k]! += row[k]!;
      largest = Math.max(largest, Math.abs(row[k]!) * (k < 4 ? centre : 1));
    }
    factor = Math.max(0.1, factor + row[6]!);
    offset += row[7]!;
    if (!(largest < 2 * side)) return false;
    if (largest < 0.03) break;
  }
  return true;
}

/** Solves a symmetric system, of which the upper half is given, by elimination. @returns false if it is singular */
function solve(system: Float64Array, out: Float64Array): boolean {
  const width = unknowns + 1;
  for (let k = 0; k < unknowns; k++) {
    for (let m = 0; m < k; m++) system[k * width + m] = system[m * width + k]!;
    system[k * width + k] = system[k * width + k]! * 1.001 + 1e-6;
  }
  for (let k = 0; k < unknowns; k++) {
    const pivot = system[k * width + k]!;
    if (!(Math.abs(pivot) > 1e-12)) return false;
    for (let r = k + 1; r < unknowns; r++) {
      const share = system[r * width + k]! / pivot;
      for (let m = k; m < width; m++) system[r * width + m]! -= share * system[k * width + m]!;
    }
  }
  for (let k = unknowns - 1; k >= 0; k--) {
    let rest = system[k * width + unknowns]!;
    for (let m = k + 1; m < unknowns; m++) rest -= system[k * width + m]! * out[m]!;
    out[k] = rest / system[k * width + k]!;
  }
  return true;
}

/** Smallest and largest scale of a map, and largest ratio of its scales in two directions: a part of half a side, and a slanted view. */
const [leastScale, mostScale, mostStretch] = [0.4, 1.7, 1.4] as const;

/** True if the singular values of a map are those of a crop, a turn or another perspective. Any map fits two smooth spots. */
function isPlausible([a, b, c, d]: Affine): boolean {
  const [sum, difference] = [Math.hypot(a + d, c - b), Math.hypot(a - d, c + b)];
  const [most, least] = [(sum + difference) / 2, Math.abs(sum - difference) / 2];
  return least >= leastScale && most <= mostScale && most <= mostStretch * least;
}

/** Side of the blocks that are compared, and the distance from one to the next, in pixels. */
const [block, stride] = [8, 4];
/** Least deviation of a block with fine structure, in units of local deviations. Smooth waves of 16 pixels have less. */
const leastStructure = 0.25;
/** Fewest blocks with structure, of 49: below, there is too little to recognise. */
const fewestBlocks = 24;
/** Blocks that say enough. A map fits few blocks of coarse noise by chance: 32 of them with 0.86, among 160 such pictures. */
const enoughBlocks = 38;

/**
 * Returns the mean correlation r of n blocks of two aligned planes, r √(n / 38) if n < 38, and 0 if too few have structure. A common outline
 * alone does not suffice.
 */
function agreementOfBlocks(target: Float32Array, seen: Float32Array): number {
  let [sum, count] = [0, 0];
  for (let top = 0; top + block <= thumbnailSide; top += stride)
    for (let left = 0; left + block <= thumbnailSide; left += stride) {
      const sums = new PairSums();
      for (let y = top; y < top + block; y++)
        for (let x = left; x < left + block; x++)
          sums.add(target[y * thumbnailSide + x]!, seen[y * thumbnailSide + x]!);
      if (sums.n < 0.75 * block * block || Math.max(...sums.deviations) < leastStructure) continue;
      sum += sums.correlation;
      count++;
    }
  return count >= fewestBlocks ? (sum / count) * Math.sqrt(Math.min(1, count / enoughBlocks)) : 0;
}

/** Least deviation of a colour that says something, of red minus blue, in grey levels. Sepia with clipped lights has up to 14. */
const leastColour = 14;

/** Smallest correlation of the colours of copies. */
const leastColours = 0.4;

/** False if the colours of two aligned pictures differ. A picture in grey or brown has none. */
function coloursAgree(one: Float32Array, other: Float32Array, map: Affine): boolean {
  const seen = mapped({ values: one, side: thumbnailSide }, map, thumbnailSide);
  const target = coreOf(other);
  const sums = new PairSums();
  for (const [i, v] of seen.entries()) sums.add(target[i]!, v);
  return Math.min(...sums.deviations) < leastColour || sums.correlation >= leastColours;
}
