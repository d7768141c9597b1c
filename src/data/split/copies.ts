import type { Part } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { SplitShares } from "../../core/messages/split-en.js";
import type { SampleWords, sentence, textPair } from "../../core/modalities.js";
import { byCodePoint, type Warning } from "./found.js";
import type { Share } from "./split.js";

/** Words for the samples that are divided. */
export type SampleUnit = SampleWords["one"] | (typeof sentence | typeof textPair)["one"];

/** A split that the program may draw. */
export type DrawnPart = Share["part"];

/** Order of the splits: a copy of a sample of a higher split makes its score too good. */
export const rank: Readonly<Record<Part, number>> = { train: 0, validation: 1, test: 2 };

/** Returns the rank of a sample's given split; that of train for a sample without one. */
export const rankIn = (given: readonly (Part | undefined)[], i: number): number => rank[given[i] ?? "train"];

/** The splits that the data give their samples. */
export interface GivenSplits {
  /** The given split of each sample. Undefined for all: the data give at most a training split. */
  readonly given: readonly (Part | undefined)[];
  /** True if the given validation split became the test split, since no test split is given. */
  readonly moved: boolean;
  /** Splits to take out of the training samples. */
  readonly missing: readonly DrawnPart[];
}

/** Returns the splits that the data give. */
export function givenSplits(all: readonly { readonly given: Part | undefined }[]): GivenSplits {
  const has = new Set(all.map(({ given }) => given));
  if (!has.has("validation") && !has.has("test"))
    return { given: all.map(() => undefined), moved: false, missing: ["test", "validation"] };
  const moved = !has.has("test");
  const given = all.map(({ given }) => (moved && given === "validation" ? "test" : (given ?? "train")));
  return { given, moved, missing: has.has("validation") && !moved ? [] : ["validation"] };
}

/** How samples are divided. */
interface SampleKind extends Pick<SplitShares, "together" | "stratified" | "unit"> {
  /** Copies that are left out: none, those of samples of another split, or all but one, since texts are short and their copies are many. */
  readonly leftOut: "none" | "across splits" | "all but one";
  /** How the user gives a split. Default: by a column. */
  readonly givenBy?: string;
}

const files: SampleKind = { leftOut: "across splits", together: "look-alikes" };
const texts: SampleKind = { leftOut: "all but one", unit: "text" };
export const sampleKinds: Readonly<Record<SampleUnit, SampleKind>> = {
  picture: { ...files, givenBy: "folders train, val and test" },
  clip: files,
  row: { leftOut: "none", together: "equal rows" },
  text: texts,
  pair: { ...texts, unit: "pair" },
  sentence: { ...texts, unit: "sentence", stratified: "type" },
};

/**
 * Finds the exact copies that are left out:
 *
 * - A copy of a test sample leaves train and validation, and a copy of a validation sample leaves train.
 * - Of equal texts and sentences with one target in one split, the first remains. With different targets, all remain: nobody has said which is
 *   right. A given test split stays complete, so that its score can be compared with published ones.
 * - Equal rows of a table may be two customers: none is left out.
 *
 * @param given the given split of each sample
 * @param exact the lowest position of each sample's copies
 * @param targets the target of each text or sentence. "" for a text without one
 * @returns the position of each copy that is left out, with that of the sample that remains
 */
export function copiesToLeaveOut(
  given: readonly (Part | undefined)[],
  exact: ArrayLike<number>,
  unit: SampleUnit,
  targets: readonly unknown[] = [],
): ReadonlyMap<number, number> {
  const kind = sampleKinds[unit].leftOut;
  if (kind === "none") return new Map();
  /** The sample of the highest split with each content, and with each content and target. */
  const [remaining, labelled] = [new Map<number, number>(), new Map<string, number>()];
  const isRepeated = new Set(Array.from(exact).filter((first, i) => first !== i));
  const keyOf = (i: number): string => `${exact[i]} ${written(targets[i])}`;
  const take = <K>(highest: Map<K, number>, key: K, i: number): void => {
    const other = highest.get(key);
    if (other === undefined || rankIn(given, i) > rankIn(given, other)) highest.set(key, i);
  };
  for (let i = 0; i < given.length; i++) {
    take(remaining, exact[i]!, i);
    if (isRepeated.has(exact[i]!)) take(labelled, keyOf(i), i);
  }
  const leftOut = new Map<number, number>();
  for (let i = 0; i < given.length; i++) {
    if (!isRepeated.has(exact[i]!)) continue;
    const other = remaining.get(exact[i]!)!;
    const same = targets[i] === "" ? other : labelled.get(keyOf(i))!;
    if (rankIn(given, other) > rankIn(given, i)) leftOut.set(i, other);
    else if (kind === "all but one" && same !== i && given[i] !== "test") leftOut.set(i, same);
  }
  return leftOut;
}

/** Returns a target as text, to compare it with another one. */
const written = (target: unknown): unknown => (typeof target === "object" ? JSON.stringify(target) : target);

/** Returns a warning with the number of copies that are left out. @param leftOut as {@link copiesToLeaveOut} returns it */
export function leftOutWarnings(
  leftOut: ReadonlyMap<number, number>,
  given: readonly (Part | undefined)[],
  unit: SampleUnit,
): Warning[] {
  if (leftOut.size === 0) return [];
  const samples = leftOut.size;
  const across = copiesAcross(leftOut, given);
  return [
    sampleKinds[unit].leftOut === "all but one"
      ? warningText("exact_duplicates", message("repeated-samples", { samples, unit, across }))
      : warningText("exact_duplicates_across_parts", message("copies-left-out", { samples, unit })),
  ];
}

/** Number of left-out copies whose original is in a higher split. */
export const copiesAcross = (
  leftOut: ReadonlyMap<number, number>,
  given: readonly (Part | undefined)[],
): number => [...leftOut].filter(([i, other]) => rankIn(given, other) > rankIn(given, i)).length;

/** Pairs of classes that a warning names. */
const mostPairs = 3;

/**
 * Adds a warning if samples with the same content have different targets: for classes, how many contents are in each pair of them.
 * @param exact the first copy of each sample
 * @param areClasses true if the targets are names of classes. Default: targets are texts
 */
export function warnConflicts(
  all: readonly { readonly id: string; readonly target: unknown }[],
  exact: ArrayLike<number>,
  unit: SampleUnit,
  warnings: Warning[],
  areClasses: boolean = typeof all[0]?.target === "string",
): void {
  const conflicts = all.flatMap(({ id, target }, i) => {
    const first = all[exact[i]!]!;
    return written(first.target) === written(target) ? [] : [{ first, id, target, content: exact[i]! }];
  });
  if (conflicts.length === 0) return;
  if (!areClasses) {
    const found = { copies: conflicts.length, unit, ...firstOf(conflicts.map(({ id }) => id)) };
    warnings.push(warningText("copies_with_other_labels", message("copies-with-other-labels", found)));
    return;
  }
  const pairs = new Map<string, { classes: string[]; ids: string[]; contents: Set<number> }>();
  for (const { first, id, target, content } of conflicts) {
    const sides = [first, { id, target }].sort((a, b) => byCodePoint(String(a.target), String(b.target)));
    const classes = sides.map((one) => String(one.target));
    const key = JSON.stringify(classes);
    const pair = pairs.get(key) ?? { classes, ids: sides.map((one) => one.id), contents: new Set() };
    pairs.set(key, pair);
    pair.contents.add(content);
  }
  const found = [...pairs.values()]
    .map(({ contents, ...pair }) => ({ ...pair, samples: contents.size }))
    .sort((a, b) => b.samples - a.samples);
  const shown = { unit, pairs: found.slice(0, mostPairs), more: Math.max(0, found.length - mostPairs) };
  warnings.push(warningText("copies_with_other_labels", message("contradicting-samples", shown)));
}
