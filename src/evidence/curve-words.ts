// The sentences on a learning curve: which ones, and in English.
import { thousands } from "../core/messages/counted.js";
import { targetText, wordsInComparison } from "../core/messages/metric-en.js";
import { areAlike } from "../core/results/counts.js";
import {
  type AmountSentence,
  type CurveLaw,
  type CurveNote,
  type CurveResult,
  type CurveSentence,
  extrapolatedTo,
  type ItemsNeeded,
  type TimesAsMany,
  type TimesSentence,
} from "../core/results/curve.js";
import { fewestGroups } from "../statistics/index.js";
import { machinesNote } from "./compared-words.js";

/** What the sentences of a learning curve read. */
export type CurveFacts = Pick<
  CurveResult,
  "needed" | "laws" | "target" | "metric" | "few_groups" | "sizes" | "unit"
>;

type Way = "transfer" | "scratch";

/** Returns the sentence on the number of items that a method needs. */
export function amountSentence(
  needed: Omit<ItemsNeeded, "sentence">,
  law: CurveLaw | null,
  { target, largest }: { readonly target: number; readonly largest: number },
): AmountSentence {
  const { items, ci95, extrapolated } = needed;
  if (items !== null)
    return !extrapolated ? "within the sizes" : items > largest ? "beyond the sizes" : "below the sizes";
  if (!law?.follows) return "no law";
  if (1 - law.floor <= target) return "levels off";
  return ci95?.[0] ? "probably more than measured" : "more than measured";
}

/** Returns the sentence on the ratio. */
export function timesSentence({ times, ci95 }: Omit<TimesAsMany, "sentence">): TimesSentence {
  if (!ci95) return times === null ? "none" : "one value";
  const [low, high] = ci95;
  if (low <= 1 && (high === null || high >= 1)) return "may save none";
  return high === null ? "at least" : "range";
}

const isAmount = ({ sentence }: ItemsNeeded): boolean => sentence !== "levels off" && sentence !== "no law";

/** Returns the sentences on a result. */
export function curveSentences({ laws, needed, few_groups: few, sizes }: CurveFacts): CurveSentence[] {
  const time = sizes.at(-1)!.seconds ? (["seconds"] as const) : [];
  if (!laws.transfer || !laws.scratch) return ["few sizes", ...time];
  const [transfer, scratch] = [isAmount(needed.transfer), isAmount(needed.scratch)];
  const reached = transfer
    ? scratch
      ? "both reach it"
      : "transfer reaches it"
    : scratch
      ? "scratch reaches it"
      : "neither reaches it";
  const noRange = needed.transfer.items !== null && needed.transfer.ci95 === null;
  return [reached, ...(noRange ? [few ? ("few groups" as const) : ("one training" as const)] : []), ...time];
}

/**
 * Says how many items each method needs, their ratio, and the training times.
 * @example "90 % takes about 40 pictures with transfer (from 25 to 70) and about 150 from scratch (from 90 to 400): 2 to 9
 *   times as many."
 */
export const curveWords = (sentences: readonly CurveSentence[], facts: CurveFacts): string =>
  sentences.map((sentence) => rows[sentence](facts)).join(" ");

const rows: Readonly<Record<CurveSentence, (facts: CurveFacts) => string>> = {
  "few sizes": (facts) =>
    `With ${facts.sizes.length} sizes no law is fitted: 4 or more would tell how many ${facts.unit} ${targetText(facts)} takes.`,
  "both reach it": (facts) =>
    `${targetText(facts)} takes ${amount("transfer", facts, facts.unit)} and ${amount("scratch", facts)}${timesText(facts)}.`,
  "transfer reaches it": (facts) =>
    `${targetText(facts)} takes ${amount("transfer", facts, facts.unit)}; from scratch, ${amount("scratch", facts)}.`,
  "scratch reaches it": (facts) =>
    `With transfer, ${amount("transfer", facts)}; ${targetText(facts)} takes ${amount("scratch", facts, facts.unit)}.`,
  "neither reaches it": (facts) =>
    `With transfer, ${amount("transfer", facts)}; from scratch, ${amount("scratch", facts)}.`,
  "few groups": () => "The test items are of too few groups for a range, which needs 10.",
  "one training": () => "This is one training of each size, so no range is known: --seeds 3 gives one.",
  seconds: ({ sizes, unit }) => {
    const { size, seconds } = sizes.at(-1)!;
    const inSeconds = (s: number): string => `${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
    return `On ${thousands(size)} ${unit} training took ${inSeconds(seconds!.transfer)} with transfer and ${inSeconds(seconds!.scratch)} from scratch.`;
  },
};

const wayWords: Readonly<Record<Way, string>> = { transfer: "with transfer", scratch: "from scratch" };

/** "about 40 pictures with transfer (from 25 to 70)", or why there is no number. @param unit "pictures" */
const amount = (way: Way, facts: CurveFacts, unit = ""): string =>
  amountRows[facts.needed[way].sentence]({ way, facts, unit });

interface AmountFacts {
  readonly way: Way;
  readonly facts: CurveFacts;
  readonly unit: string;
}

const counted = (lead: string, n: number, { unit, way }: AmountFacts): string =>
  [lead, thousands(n), unit, wayWords[way]].filter(Boolean).join(" ");

const ends = ({ sizes }: CurveFacts): readonly [number, number] => [sizes[0]!.size, sizes.at(-1)!.size];
const beyond = (facts: CurveFacts): number => extrapolatedTo * ends(facts)[1];

/** "about 40 pictures with transfer (from 25 to 70)" */
function about(amountFacts: AmountFacts): string {
  const { facts, way } = amountFacts;
  const { items, ci95 } = facts.needed[way];
  const end = (n: number | null): string =>
    n === null ? `more than ${thousands(beyond(facts))}` : thousands(n);
  return `${counted("about", items!, amountFacts)}${ci95 ? ` (from ${end(ci95[0])} to ${end(ci95[1])})` : ""}`;
}

const amountRows: Readonly<Record<AmountSentence, (facts: AmountFacts) => string>> = {
  "within the sizes": about,
  "beyond the sizes": (of) =>
    `${about(of)}, extrapolated beyond the ${thousands(ends(of.facts)[1])} measured`,
  "below the sizes": (of) => `${about(of)}, extrapolated below the ${thousands(ends(of.facts)[0])} measured`,
  "more than measured": (of) =>
    `${counted("more than", beyond(of.facts), of)}, twice the largest size and so not measured`,
  "probably more than measured": (of) =>
    `${counted("probably more than", beyond(of.facts), of)} (at least ${thousands(of.facts.needed[of.way].ci95![0]!)}), twice the largest size and so not measured`,
  "levels off": ({ facts, way }) => {
    const { named } = wordsInComparison(facts.metric);
    return `the curve levels off at ${named(1 - facts.laws[way]!.floor)}, below ${targetText(facts)}`;
  },
  "no law": ({ facts }) =>
    `${wordsInComparison(facts.metric).name} does not follow a power law over these sizes, so nothing is extrapolated`,
};

/** Two digits, because more are not known. */
const factor = (x: number): string => (x >= 10 ? String(Math.round(x)) : String(Number(x.toFixed(1))));

const timesText = ({ needed: { times } }: CurveFacts): string =>
  times ? timesRows[times.sentence](times) : "";

/** ": 2 to 9 times as many" */
const timesRows: Readonly<Record<TimesSentence, (ratio: TimesAsMany) => string>> = {
  "one value": ({ times }) => `: ${factor(times!)} times as many`,
  none: () => "",
  "may save none": () => "; transfer may have saved none",
  "at least": ({ ci95 }) => `: at least ${factor(ci95![0])} times as many`,
  range: ({ ci95 }) => `: ${factor(ci95![0])} to ${factor(ci95![1]!)} times as many`,
};

/** What the notes of a learning curve read. */
export type CurveNoteFacts = Pick<
  CurveResult,
  "seeds" | "unit" | "metric" | "same_test" | "few_groups" | "validation_items" | "sizes" | "runs"
>;

/** Returns the caveats by their codes. */
export const curveNotes = (facts: CurveNoteFacts): CurveNote[] => [
  ...notesOnRanges(facts),
  ...(areAlike(facts.runs) ? [] : (["machines"] as const)),
];

const notesOnRanges = ({ seeds, same_test: same, few_groups: few, sizes }: CurveNoteFacts): CurveNote[] =>
  sizes[0]?.shots !== undefined
    ? ["few validation", few ? "few groups of draws" : "draws"]
    : seeds.length === 1
      ? ["same validation", "one seed"]
      : few
        ? ["same validation", "few groups"]
        : ["same validation", "spread", ...(same ? [] : (["own tests"] as const))];

/** Returns the caveats in English. */
export const curveNoteWords = (codes: readonly CurveNote[], facts: CurveNoteFacts): string[] =>
  codes.map((code) => noteRows[code](facts));

const spread = ({ metric }: CurveNoteFacts): string =>
  `The ± of ${wordsInComparison(metric).plural} are over seeds alone.`;

const noteRows: Readonly<Record<CurveNote, (facts: CurveNoteFacts) => string>> = {
  "same validation": ({ validation_items: n, unit }) =>
    `Every size chooses its epoch on the same ${n} validation ${unit}: with few ${unit} of your own you would have fewer to choose by too.`,
  "few validation": () =>
    "Each training validates on at most as many labels of each class as it learns from. The labels to learn from do not include them.",
  draws: (facts) =>
    `The ± of ${wordsInComparison(facts.metric).plural} hold other draws of the labels, other random weights and other test ${facts.unit}. All draws come from the same training split, so they share more ${facts.unit} as the numbers grow.`,
  "one seed": () => "One seed: no range holds what another training would give.",
  "few groups": spread,
  "few groups of draws": ({ metric, unit }) =>
    `The ${wordsInComparison(metric).plural} have no ±: the test ${unit} are of too few groups, and a ± needs ${fewestGroups}.`,
  spread: (facts) =>
    `${spread(facts)} The ranges of how many ${facts.unit} it takes hold other trainings and other test ${facts.unit}.`,
  "own tests": ({ unit }) =>
    `Each seed has its own test part of the same ${unit}: the ranges allow for what these parts share.`,
  machines: ({ runs }) => machinesNote(runs),
};
