// The same bits on every machine: only + − × ÷ are used, which IEEE 754 defines exactly. Math.sin and Math.log may differ between
// engines.

/** sin(2π · n / of) for whole numbers, 0 ≤ n. The division into quarters is exact. */
export function sinOfTurns(n: number, of: number): number {
  let rest = n % of;
  const sign = 2 * rest >= of ? -1 : 1;
  if (sign < 0) rest -= of / 2;
  // Now 0 ≤ rest < of / 2: half a turn. The second quarter mirrors the first.
  if (4 * rest > of) rest = of / 2 - rest;
  return sign * sinOf((2 * Math.PI * rest) / of);
}

/** Taylor's series of sin for 0 ≤ x ≤ π / 2. The first omitted term is below 1e-16. */
function sinOf(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 2; k <= 22; k += 2) {
    term = (-term * x * x) / (k * (k + 1));
    sum += term;
  }
  return sum;
}

/** log2(x) for x > 0 to 1e-9: x = m · 2^e with 1 ≤ m < 2, and the series of artanh for m. */
export function log2(x: number): number {
  let [m, e] = [x, 0];
  for (; m >= 2; e++) m /= 2;
  for (; m < 1; e--) m *= 2;
  // ln m = 2 artanh((m − 1) / (m + 1)), with an argument up to 1/3.
  const z = (m - 1) / (m + 1);
  let power = z;
  let sum = z;
  for (let k = 3; k <= 17; k += 2) {
    power *= z * z;
    sum += power / k;
  }
  return e + 2 * sum * Math.LOG2E;
}
