/** Error probability of the first test, and of all later ones together: 5 and 1 in 100. */
const first = 0.05;
const later = 0.01;

/**
 * Returns the confidence level of a repeated test of a comparison that is enlarged between tests. Testing until
 * something is significant finds something in a quarter of the cases without a difference. So each later test has half
 * of the remaining error, 0.005, 0.0025, …: all tests together err in at most 6 of 100.
 *
 * @param look 1 for the first
 * @see Lan & DeMets 1983, Discrete sequential boundaries; here with fixed shares (Bonferroni)
 * @example [1, 2, 3].map(levelOfLook) // 0.95, 0.995, 0.9975
 */
export function levelOfLook(look: number): number {
  return look <= 1 ? 1 - first : 1 - later / 2 ** (look - 1);
}
