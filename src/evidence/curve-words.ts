import { targetText, wordsInComparison } from "../core/messages/metric-en.js";
import {
  type CurveLaw,
  type CurveResult,
  type CurveSize,
  extrapolatedTo,
  type ItemsNeeded,
  type TimesAsMany,
} from "../core/results/curve.js";

/** Input of a learning curve's sentence. */
interface CurveFacts extends Pick<CurveResult, "needed" | "laws" | "target" | "metric" | "few_groups"> {
  readonly sizes: readonly CurveSize[];
  /** Plural noun for the training items. */
  readonly what: string;
}

type Way = "transfer" | "scratch";
const wayWords: Readonly<Record<Way, string>> = { transfer: "with transfer", scratch: "from scratch" };
const count = (n: number): string => n.toLocaleString("en-US");

/**
 * Says how many items each method needs, their ratio, and the training times.
 * @example "90 % takes about 40 pictures with transfer (from 25 to 70) and about 150 from scratch (from 90 to 400): 2 to 9
 *   times as many."
 */
export function curveWords(facts: CurveFacts): string {
  const { laws, sizes, what, needed, few_groups: few } = facts;
  const goal = targetText(facts);
  const last = timeWords(sizes.at(-1)!, what);
  if (!laws.transfer || !laws.scratch)
    return `With ${sizes.length} sizes no law is fitted: 4 or more would tell how many ${what} ${goal} takes. ${last}`;
  const [transfer, scratch] = [amount("transfer", facts), amount("scratch", facts)];
  const sentence =
    transfer && scratch
      ? `${goal} takes ${transfer(what)} and ${scratch("")}${timesWords(needed.times)}.`
      : transfer
        ? `${goal} takes ${transfer(what)}; from scratch, ${without("scratch", facts)}.`
        : `With transfer, ${without("transfer", facts)}; ${scratch ? `${goal} takes ${scratch(what)}` : `from scratch, ${without("scratch", facts)}`}.`;
  const single =
    needed.transfer.items !== null && needed.transfer.ci95 === null
      ? few
        ? " The test items are of too few groups for a range, which needs 10."
        : " This is one training of each size, so no range is known: --seeds 3 gives one."
      : "";
  return `${sentence}${single} ${last}`;
}

/**
 * "about 40 pictures with transfer (from 25 to 70)"; undefined if the curve follows no law or never reaches the target.
 */
function amount(way: Way, facts: CurveFacts): ((what: string) => string) | undefined {
  const own = facts.needed[way];
  const law = facts.laws[way];
  const largest = facts.sizes.at(-1)!.size;
  if (own.items !== null)
    return (what) =>
      `about ${[count(own.items!), what, wayWords[way]].filter(Boolean).join(" ")}${rangeWords(own, largest)}${outside(own, facts)}`;
  if (!law?.follows || levelsOff(law, facts)) return undefined;
  const low = own.ci95?.[0];
  const least = low ? ` (at least ${count(low)})` : "";
  return (what) =>
    `${[low ? "probably more than" : "more than", count(extrapolatedTo * largest), what, wayWords[way]].filter(Boolean).join(" ")}${least}, twice the largest size and so not measured`;
}

const levelsOff = (law: CurveLaw, { target }: CurveFacts): boolean => 1 - law.floor <= target;

function rangeWords({ ci95 }: ItemsNeeded, largest: number): string {
  if (!ci95) return "";
  const end = (n: number | null): string =>
    n === null ? `more than ${count(extrapolatedTo * largest)}` : count(n);
  return ` (from ${end(ci95[0])} to ${end(ci95[1])})`;
}

function outside({ items, extrapolated }: ItemsNeeded, { sizes }: CurveFacts): string {
  if (!extrapolated) return "";
  const [smallest, largest] = [sizes[0]!.size, sizes.at(-1)!.size];
  return items! > largest
    ? `, extrapolated beyond the ${count(largest)} measured`
    : `, extrapolated below the ${count(smallest)} measured`;
}

/** ": 2 to 9 times as many" */
function timesWords(ratio: TimesAsMany | null): string {
  if (!ratio) return "";
  const { times, ci95 } = ratio;
  if (!ci95) return times === null ? "" : `: ${factor(times)} times as many`;
  const [low, high] = ci95;
  if (low <= 1 && (high === null || high >= 1)) return "; transfer may have saved none";
  return high === null
    ? `: at least ${factor(low)} times as many`
    : `: ${factor(low)} to ${factor(high)} times as many`;
}

/** Two digits, because more are not known. */
const factor = (x: number): string => (x >= 10 ? String(Math.round(x)) : String(Number(x.toFixed(1))));

/** Why there is no number. */
function without(way: Way, facts: CurveFacts): string {
  const law = facts.laws[way]!;
  const { name, named } = wordsInComparison(facts.metric);
  return law.follows
    ? `the curve levels off at ${named(1 - law.floor)}, below ${targetText(facts)}`
    : `${name} does not follow a power law over these sizes, so nothing is extrapolated`;
}

function timeWords({ size, seconds }: CurveSize, what: string): string {
  const inSeconds = (s: number): string => `${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
  return `On ${count(size)} ${what} training took ${inSeconds(seconds.transfer)} with transfer and ${inSeconds(seconds.scratch)} from scratch.`;
}
