/**
 * Stateless randomness: every draw is a hash of (seed, purpose, keys, index), so that a resumed run, another worker and
 * another machine draw the same. The mixer is the finaliser of MurmurHash3 (32 bit), which passes avalanche tests and
 * needs only Math.imul.
 */
function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const mixHigh = (high: number): number => mix(high + 0x7f4a7c15);
/** For the usual keys, below 2³². */
const noHigh = mixHigh(0);

function combine(h: number, key: number): number {
  const high = key >= 0 && key < 2 ** 32 ? noHigh : mixHigh(Math.floor(key / 2 ** 32));
  return mix((Math.imul(h ^ 0x9e3779b9, 0x01000193) + (key | 0)) | 0) ^ high;
}

/** Hashes a name to a number: FNV-1a over UTF-16 code units. */
export function hashString(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h);
}

/** A source of random numbers; the n-th call gives the n-th draw of its (seed, purpose, keys). */
export interface Draws {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Normal with mean 0 and deviation 1 (Box–Muller). */
  normal(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** true with probability p. */
  chance(p: number): boolean;
}

/**
 * Draws for one purpose.
 * @example draws(seed, "augment", epoch, item).chance(0.5)
 */
export function draws(seed: number, purpose: string, ...keys: readonly (number | string)[]): Draws {
  let base = combine(hashString(purpose), seed);
  for (const key of keys) base = combine(base, typeof key === "string" ? hashString(key) : key);
  let index = 0;
  const next = (): number => mix(combine(base, index++));
  const uniform = (): number => (next() * 2 ** 21 + (next() >>> 11)) / 2 ** 53;
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (n) => Math.floor(uniform() * n),
    chance: (p) => uniform() < p,
  };
}

/** A random order of 0 … n-1 (Fisher–Yates). */
export function permutation(
  n: number,
  seed: number,
  purpose: string,
  ...keys: readonly (number | string)[]
): number[] {
  const d = draws(seed, purpose, ...keys);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = d.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
