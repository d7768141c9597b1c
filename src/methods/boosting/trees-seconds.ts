/** What {@link secondsOfTrees} forecasts: trees that are grown once to choose the rounds, and once more on all rows. */
export interface TreesWork {
  /** N, training rows. */
  readonly rows: number;
  /** M, rows of the second fit; 0 without one. */
  readonly refit: number;
  /** Cells of a row times trees of a round: what the time of a round is proportional to. */
  readonly cellsPerRow: number;
}

/** Most cells of the rows that are timed. A round on them takes some tens of milliseconds. */
const mostCells = 200_000;
/** Rounds that are timed, and one more before them. */
const timedRounds = 4;
/** How often each time is measured: the lowest counts, because other programs only add to it. */
const repeats = 2;
/**
 * Rounds that are kept by validation, and those without improvement after them. On 15 made tables of 500 to 10,000 rows, Friedman's and
 * Hastie's with and without noise, 15 to 299 rounds were kept: the median is 51, the geometric mean 66.
 */
const [usualRounds, patience] = [60, 20] as const;

/** Returns how many rows are timed. */
export const timedRows = ({ rows, cellsPerRow }: TreesWork): number =>
  Math.max(1, Math.min(rows, Math.floor(mostCells / Math.max(1, cellsPerRow))));

/**
 * Forecasts the seconds of boosted trees from rounds that are grown on some of the rows.
 *
 * s = b (N + M) / n + r (R + p) N / n + r R M / n,   r = (t(1 + k) − t(1)) / k,   b = t(1) − r
 *
 * n timed rows, t(i) seconds of i rounds on them, k = 4, R rounds that are usually kept, p rounds of patience. So the forecast
 * follows the speed of the trees on this machine.
 * @param timed seconds of a number of rounds on n rows
 */
export async function secondsOfTrees(
  work: TreesWork,
  timed: (rounds: number, rows: number) => Promise<number>,
): Promise<number> {
  const n = timedRows(work);
  // The first call includes loading and compiling.
  await timed(1 + timedRounds, Math.min(n, 1000));
  const lowest = async (rounds: number): Promise<number> => {
    const all: number[] = [];
    for (let i = 0; i < repeats; i++) all.push(await timed(rounds, n));
    return Math.min(...all);
  };
  const one = await lowest(1);
  const round = Math.max(0, ((await lowest(1 + timedRounds)) - one) / timedRounds);
  const binning = Math.max(0, one - round);
  const { rows: N, refit: M } = work;
  return (binning * (N + M)) / n + (round * (usualRounds + patience) * N) / n + (round * usualRounds * M) / n;
}
