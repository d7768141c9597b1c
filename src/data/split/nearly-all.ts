import { EngraftError } from "../../core/errors.js";
import { count } from "./found.js";

/** Largest share of samples that cannot be used. */
const mostUnusable = 0.1;

/** A sample that cannot be used. */
interface Unused {
  readonly item: string;
  readonly reason: string;
}

/** Facts about samples of which some cannot be used. */
interface UnusedFacts {
  readonly all: number;
  /** Noun of a sample: "picture". */
  readonly unit: string;
  /** Path of the data, or name of the list. */
  readonly where: string;
  /** The ones to name. */
  readonly skipped: readonly Unused[];
  /** Why there are so many. Default: that they cannot be used. */
  readonly problem?: string;
  readonly help?: string;
}

/** Checks that at most a tenth of the samples cannot be used. @throws DataError with the first three, and all of them in its details */
export function requireNearlyAll(bad: number, facts: UnusedFacts): void {
  if (bad <= mostUnusable * facts.all) return;
  throw tooManyUnused(bad, facts);
}

/** Returns the error for samples of which more than a tenth cannot be used. */
export const tooManyUnused = (
  bad: number,
  {
    all,
    unit,
    where,
    skipped,
    problem = "cannot be used; at most 10 % may be",
    help = "repair or remove them",
  }: UnusedFacts,
): EngraftError =>
  new EngraftError(
    "DataError",
    `${bad} of ${count(all, unit)} (${Math.round((100 * bad) / all)} %) in ${JSON.stringify(where)} ${problem}`,
    {
      at: skipped
        .slice(0, 3)
        .map(({ item, reason }) => `${item}: ${reason}`)
        .join("; "),
      help: `${help}; all of them with their reasons are in the error's details`,
      details: { skipped },
    },
  );
