/** Error probability of the first test, and of all later tests together: 5 and 1 in 100. */
const first = 0.05;
const later = 0.01;

/**
 * Returns the confidence level of the n-th test of a comparison that gets more data between tests. Repeated tests at the
 * same level find a difference in a quarter of the cases that have none. So each later test uses half of the remaining
 * error: 0.005, 0.0025, … All tests together err in at most 6 of 100 cases.
 *
 * @param n number of the test, 1 for the first
 * @see Lan & DeMets 1983, Discrete sequential boundaries; here with fixed shares (Bonferroni)
 * @example [1, 2, 3].map(levelOfRepeatedTest) // 0.95, 0.995, 0.9975
 */
export function levelOfRepeatedTest(n: number): number {
  return n <= 1 ? 1 - first : 1 - later / 2 ** (n - 1);
}
