import type { Interval } from "../core/events/events.js";
import { aDistance, type GroupsOfDomains, type Mmd, mmd, multiKernelMmd } from "../methods/adapt/index.js";
import { frechet } from "./frechet.js";

/** Distance of two samples of features, by one measure. */
export interface Distance {
  readonly value: number;
  /** Interval of the held-out error, as a distance. */
  readonly ci95?: Interval;
  /** Share of random divisions of the rows with at least this difference. */
  readonly p?: number;
  /** Unitless: value over total variance. */
  readonly relative?: number;
  /** Rows of each sample that were used: the first ones. */
  readonly n: number;
}

/** A measure of how far the data is from the base's training data; none uses labels. */
export interface DistanceRow {
  /** Title in a table. */
  readonly title: string;
  readonly paper: string;
  /** Lower is nearer for all of them. */
  readonly higherIsBetter: false;
  /**
   * undefined if there are too few rows. @param source float32[n, D]
   * @param target float32[m, D]
   */
  readonly of: (
    source: Float32Array,
    target: Float32Array,
    width: number,
    options?: { readonly seed?: number; readonly groups?: GroupsOfDomains },
  ) => Distance | undefined;
}

/** Most rows for pairwise comparisons and for the five fits: more rows cost more than they gain. */
const most = { aDistance: 500, mmd: 300 } as const;
/** Fewest rows of a distribution. */
const fewest = 8;

const ofMmd =
  (measure: typeof mmd): DistanceRow["of"] =>
  (source, target, width, options) => {
    const n = Math.min(source.length, target.length) / width;
    if (n < fewest) return undefined;
    const few = (rows: Float32Array): Float32Array => rows.subarray(0, Math.min(n, most.mmd) * width);
    const { value, p }: Mmd = measure(few(source), few(target), width, options);
    return { value, p, n: Math.min(n, most.mmd) };
  };

/** All distances between a base's training data and the data, in the order of a table. */
export const distances = {
  "a-distance": {
    title: "A-distance",
    paper: "Ben-David et al. 2007",
    higherIsBetter: false,
    of: (source, target, width, options) => {
      const few = (rows: Float32Array): Float32Array => rows.subarray(0, most.aDistance * width);
      const found = aDistance(few(source), few(target), width, options);
      return found && { value: found.value, ci95: found.ci95, n: found.n };
    },
  },
  mmd: { title: "MMD²", paper: "Gretton et al. 2012", higherIsBetter: false, of: ofMmd(mmd) },
  "mk-mmd": {
    title: "MMD², 5 kernels",
    paper: "Long et al. 2015, arXiv:1502.02791",
    higherIsBetter: false,
    of: ofMmd(multiKernelMmd),
  },
  frechet: {
    title: "Fréchet",
    paper: "Heusel et al. 2017, arXiv:1706.08500",
    higherIsBetter: false,
    of: (source, target, width) => {
      const n = Math.min(source.length, target.length) / width;
      return n < fewest ? undefined : { ...frechet(source, target, width), n };
    },
  },
} as const satisfies Record<string, DistanceRow>;

/** Name of a distance. */
export type DistanceName = keyof typeof distances;
