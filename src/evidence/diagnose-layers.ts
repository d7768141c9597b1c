import { EngraftError } from "../core/errors.js";
import {
  type DiagnosedGroup,
  type DiagnosisResult,
  type DiagnosisSentence,
  type FreshLayers,
  type GroupSentence,
  groupsThatHelp,
  groupsThatHurt,
  isHarmful,
  type WorthOfLayers,
} from "../core/results/diagnosis.js";
import { compareFamily, decide, estimateOverSeeds } from "../statistics/index.js";
import { diagnosisWords, groupWords, labelOf } from "./diagnosis-words.js";

/** Trainings with the same initialisation. */
export interface VariantAnswers extends FreshLayers {
  /** Correctness on each validation item: boolean[seeds][items]. */
  readonly correct: readonly (readonly boolean[])[];
}

/** The base's groups of layers from the input on. */
export type NamedGroup = Omit<DiagnosedGroup, "from_output" | "from_input" | "sentence" | "words">;

/** Returns all initialisations with some groups random: none; the last 1 … G (all); the first 1 … G − 1. */
export function freshLayers(groups: number): readonly FreshLayers[] {
  return [
    { side: "output", groups: 0 },
    ...Array.from({ length: groups }, (_, i) => ({ side: "output" as const, groups: i + 1 })),
    ...Array.from({ length: groups - 1 }, (_, i) => ({ side: "input" as const, groups: i + 1 })),
  ];
}

/**
 * Measures the value of each group's weights: trainings that differ in that group alone, once with all later groups
 * fresh and once with all earlier groups fresh; and all weights against none.
 *
 * gain = accuracy kept − accuracy fresh, paired by seed and item ({@link worthOf}); p corrected by Holm for the 2 G + 1
 * comparisons. A group is not reported as harmful if a more harmful group was kept in both of its trainings.
 * @param margin a gain within ± this counts as none, default 0.01
 * @param groupOf group of each validation item (a person, a film); default: each is its own
 * @throws DataError if a variant of {@link freshLayers} is missing
 * @see Yosinski et al., "How transferable are features in deep neural networks?", 2014; Neyshabur et al., "What is
 * being transferred in transfer learning?", 2020
 */
export function diagnoseLayers(
  variants: readonly VariantAnswers[],
  groups: readonly NamedGroup[],
  margin = 0.01,
  groupOf?: readonly string[],
): Pick<DiagnosisResult, "variants" | "groups" | "all" | "sentences" | "words"> {
  const of = groups.length;
  const answersOf = (side: FreshLayers["side"], count: number): VariantAnswers["correct"] => {
    const from = count === 0 || count === of ? "output" : side;
    const found = variants.find((v) => v.side === from && v.groups === count);
    if (found) return found.correct;
    throw new EngraftError("DataError", `there is no training with ${labelOf({ side, groups: count }, of)}`, {
      help: "a diagnosis needs all of them; go on with it until they are there",
    });
  };
  // [pretrained, random] of each comparison: each group from the output side, then from the input side, then all.
  const pairs = [
    ...groups.map((_, i) => [answersOf("output", of - 1 - i), answersOf("output", of - i)] as const),
    ...groups.map((_, i) => [answersOf("input", i), answersOf("input", i + 1)] as const),
    [answersOf("output", 0), answersOf("output", of)] as const,
  ];
  const worths = worthOf(pairs, margin, { groupOf });
  const all = worths.at(-1)!;
  const sides = [worths.slice(0, of), worths.slice(of, 2 * of)] as const;
  const diagnosed = groups.map((group, i): DiagnosedGroup => {
    const [output, input] = [worstPartner(sides, groups, 0, i), worstPartner(sides, groups, 1, i)];
    const found = {
      ...group,
      from_output: output,
      from_input: input,
      sentence: groupSentence(output, input),
    };
    return { ...found, words: groupWords(found, of) };
  });
  const samples = variants[0]!.correct[0]!.length;
  const sentences = sentencesOf(diagnosed, all, samples);
  return {
    variants: variants.map(({ correct, ...one }) => ({
      ...one,
      label: labelOf(one, of),
      accuracy: estimateOverSeeds(
        correct.map((items) => items.map(Number)),
        { binary: true, groups: groupOf },
      ),
    })),
    groups: diagnosed,
    all,
    sentences,
    words: diagnosisWords(sentences, { groups: diagnosed, all, split: { validation: samples } }),
  };
}

/** Loss of a harmful group, by the worse of its sides; 0 for other groups. */
const lossOf = (sides: readonly (readonly WorthOfLayers[])[], i: number): number =>
  Math.max(0, ...sides.map((side) => (side[i]!.finding === "hurts" ? -side[i]!.gain : 0)));

/**
 * Weights fit the layers that they were trained with. With a harmful group, a good group can be worse than fresh
 * layers, which adapt to their input. Its loss is then attributed to the harmful group if that one loses more.
 */
function worstPartner(
  sides: readonly (readonly WorthOfLayers[])[],
  groups: readonly NamedGroup[],
  side: 0 | 1,
  i: number,
): WorthOfLayers {
  const own = sides[side]![i]!;
  if (own.finding !== "hurts") return own;
  // From the output, earlier groups are pretrained; from the input, later ones.
  const kept = [...groups.keys()].filter((j) => (side === 0 ? j < i : j > i));
  const worst = kept.reduce((a, b) => (lossOf(sides, b) > lossOf(sides, a) ? b : a), i);
  return worst !== i && lossOf(sides, worst) > -own.gain ? { ...own, beside: groups[worst]!.group } : own;
}

/** Words for a decision. */
const findings = {
  better: "helps",
  worse: "hurts",
  equivalent: "no difference",
  undecided: "undecided",
} as const;

/**
 * Compares predictions with and without some weights (or source samples), on the same samples and as one family: see
 * {@link compareFamily}.
 * @param pairs scores with, scores without, of the same seeds
 * @param options.of "trainings": fewer than 3 seeds decide nothing. "models": without training noise, so one seed is
 * enough
 */
export function worthOf(
  pairs: readonly (readonly [VariantAnswers["correct"], VariantAnswers["correct"]])[],
  margin: number,
  {
    of = "trainings",
    groupOf,
  }: { readonly of?: "trainings" | "models"; readonly groupOf?: readonly string[] } = {},
): readonly WorthOfLayers[] {
  const methods = [...new Set(pairs.flat())];
  const scores = methods.map((correct) => correct.map((row) => Float64Array.from(row, Number)));
  const positions = pairs.map(([a, b]) => [methods.indexOf(a), methods.indexOf(b)] as const);
  const by = { binary: true, groups: groupOf };
  return compareFamily(scores, positions, by).map((one) => {
    const { gain, interval, p, pHolm, why } = one;
    const finding = findings[decide(one, { margin, p: pHolm, of })];
    const few = why === "few groups" && { few_groups: true as const };
    return { gain, ci95: interval, p, p_adjusted: pHolm, finding, ...few };
  });
}

function groupSentence(output: WorthOfLayers, input: WorthOfLayers): GroupSentence {
  const both = [output.finding, input.finding];
  const [helps, hurts] = [both.includes("helps"), both.includes("hurts")];
  const beside = [output, input].some(isHarmful) ? undefined : (output.beside ?? input.beside);
  if (beside !== undefined) return helps ? "helps, hurts beside" : "hurts beside";
  if (helps) return hurts ? "helps and hurts" : "helps";
  if (hurts) return "hurts";
  return both.every((finding) => finding === "no difference") ? "no difference" : "undecided";
}

/** Fewest samples; below, the sentences begin with a warning, as those of a verdict do. */
const fewSamples = 20;

const wholes = {
  helps: "all help",
  hurts: "all hurt",
  "no difference": "all make no difference",
  undecided: "all undecided",
} as const satisfies Record<WorthOfLayers["finding"], DiagnosisSentence>;

function sentencesOf(
  groups: readonly DiagnosedGroup[],
  all: WorthOfLayers,
  samples: number,
): DiagnosisSentence[] {
  const [help, hurt] = [groupsThatHelp(groups).length > 0, groupsThatHurt(groups).length > 0];
  return [
    ...(samples < fewSamples ? (["few samples"] as const) : []),
    wholes[all.finding],
    ...(help ? (["groups that help"] as const) : []),
    ...(hurt ? (["groups that hurt"] as const) : []),
    ...(help || hurt ? [] : (["no single group"] as const)),
  ];
}
