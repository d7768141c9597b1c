// The same bits on every machine: only + − × ÷ are used, which IEEE 754 defines exactly. Math.sin may differ between engines.

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
