// Numbers that Python and TypeScript draw alike. The formulas stand in scripts/golden/draw.py.

function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The i-th draw of 32 bits for a purpose. */
function bits(purpose: string): (i: number) => number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(purpose)) h = Math.imul(h ^ byte, 0x01000193);
  const start = mix(h);
  return (i) => mix((start + i) | 0);
}

/** n numbers in [0, 1). */
export function uniform(purpose: string, n: number): number[] {
  const draw = bits(purpose);
  return Array.from({ length: n }, (_, i) => draw(i) / 2 ** 32);
}

export const count = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** A weight by its name in the network, float32. @param salt which of all such networks */
export function weight(name: string, dims: readonly number[], salt: number): Float32Array {
  const u = uniform(`weight${salt}/${name}`, count(dims));
  if (dims.length > 1) {
    const spread = Math.sqrt(3 / (u.length / dims[0]!));
    return Float32Array.from(u, (v) => spread * (2 * v - 1));
  }
  if (/(weight|running_var|scale)$/.test(name)) return Float32Array.from(u, (v) => 0.5 + v);
  if (name.endsWith(".p")) return Float32Array.from(u, (v) => 2.5 + v);
  return Float32Array.from(u, (v) => 0.6 * v - 0.3);
}

/** The transpose of a matrix. */
export function transposed(values: Float32Array, [rows, columns]: readonly number[]): Float32Array {
  return Float32Array.from(values, (_, i) => values[(i % rows!) * columns! + Math.floor(i / rows!)]!);
}

/** What an output without classes is pulled to. */
export function target(name: string, dims: readonly number[]): Float32Array {
  return Float32Array.from(uniform(`target/${name}`, count(dims)), (v) => 2 * v - 1);
}

/** How many numbers a digest has. */
export function digestLength(n: number, most: number): number {
  return n <= most ? n : 9;
}

/** A tensor in few numbers: itself if it has no more than `most` elements, else its norm and 8 projections. */
export function digest(purpose: string, a: readonly number[], most = 9): number[] {
  if (a.length <= most) return [...a];
  const draw = bits(`digest/${purpose}`);
  const sums = new Array<number>(8).fill(0);
  a.forEach((v, i) => {
    const h = draw(i);
    for (let k = 0; k < 8; k++) sums[k]! += (h >>> k) & 1 ? -v : v;
  });
  return [Math.sqrt(a.reduce((sum, v) => sum + v * v, 0)), ...sums];
}

/** ‖a - b‖ and ‖b‖ from digests of tensors of n elements: exact for short ones, else estimated. */
export function distance(ours: readonly number[], theirs: readonly number[], n: number) {
  const short = theirs.length === n;
  const skip = short ? 0 : 1;
  const gap = Math.hypot(...theirs.slice(skip).map((v, i) => v - ours[i + skip]!));
  return short
    ? { error: gap, size: Math.hypot(...theirs) }
    : { error: gap / Math.sqrt(8), size: theirs[0]! };
}
