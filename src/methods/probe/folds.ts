import { permutation } from "../../core/random.js";

/** A fold of a cross-validation: positions of samples. */
export interface Fold {
  readonly train: readonly number[];
  readonly held: readonly number[];
}

/** Number of folds: scikit-learn's default. */
const usualFolds = 5;

/** Fewest validation samples that choose a strength. @see docs/decisions/0028-scaling-of-the-probe.md */
const fewestToChoose = 30;

/** True if a validation split is too small to choose a strength on. */
export const isSmall = (samples: number): boolean => samples < fewestToChoose;

/** Samples of both splits among which a strength is chosen, training samples first. */
export interface SamplesToChooseOn {
  /** Stratum of each sample, such as its class. */
  readonly strata: ArrayLike<number>;
  /** Group of each sample; default each is its own. */
  readonly groups?: readonly string[] | undefined;
  /** Number of validation samples. */
  readonly validation: number;
  /** True if the final head is fitted on both splits. */
  readonly refit: boolean;
}

/**
 * Returns the folds that choose a strength; none if the validation split chooses it, or nothing can. Without a refit,
 * validation samples are only to choose on: no head learns from them.
 */
export function foldsToChoose({ strata, groups, validation, refit }: SamplesToChooseOn): readonly Fold[] {
  return (refit || validation === 0) && isSmall(validation) ? stratifiedFolds(strata, groups) : [];
}

/** Returns the groups of the samples of two splits; undefined if neither split has groups. */
export function groupsOfBoth(
  ...parts: readonly { readonly count: number; readonly groups?: readonly string[] | undefined }[]
): string[] | undefined {
  if (parts.every(({ groups }) => groups === undefined)) return undefined;
  return parts.flatMap(
    ({ groups, count }, part) => groups ?? Array.from({ length: count }, (_, i) => `sample ${part} ${i}`),
  );
}

/**
 * Divides samples into folds for cross-validation. Each fold has about the same share of each stratum, and a group is never
 * divided. The training part of each fold has every stratum of two groups or more, if the folds are enough for that.
 *
 * @param strata the stratum of each sample, such as its class
 * @param groups the group of each sample; default each is its own
 * @param most largest number of folds
 * @param limit number of folds that is allowed if the training part of one of `most` folds would lack a stratum; with a fold for each
 * group, none does. Default `most`
 * @returns none if no stratum has two groups, because a held-back sample could not be predicted
 */
export function stratifiedFolds(
  strata: ArrayLike<number>,
  groups?: readonly string[],
  most: number = usualFolds,
  limit: number = most,
): readonly Fold[] {
  const order = permutation(strata.length, 0, "folds");
  const members = new Map<string, number[]>();
  for (const i of order) {
    const name = groups?.[i] ?? `sample ${i}`;
    members.set(name, [...(members.get(name) ?? []), i]);
  }
  // Largest groups first: the small ones then level the folds.
  const units = [...members.values()].sort((a, b) => b.length - a.length);
  const groupsOf = new Map<number, number>();
  for (const own of units)
    for (const stratum of new Set(own.map((i) => strata[i]!)))
      groupsOf.set(stratum, (groupsOf.get(stratum) ?? 0) + 1);
  const fewest = Math.min(most, Math.max(...groupsOf.values(), 0));
  if (fewest < 2) return [];
  for (let count = fewest; count <= Math.min(units.length, Math.max(fewest, limit)); count++) {
    const folds = dividedInto(count, units, strata, groupsOf);
    if (folds) return folds;
  }
  return dividedInto(fewest, units, strata, new Map())!;
}

/**
 * Puts each group into the fold with the fewest samples of its strata.
 * @param groupsOf number of groups of each stratum that must not lie in one fold, if it is more than one
 * @returns undefined if a group fits into no fold
 */
function dividedInto(
  count: number,
  units: readonly (readonly number[])[],
  strata: ArrayLike<number>,
  groupsOf: ReadonlyMap<number, number>,
): readonly Fold[] | undefined {
  const foldOf = new Int32Array(strata.length);
  const total = new Array<number>(count).fill(0);
  const ofStratum = Array.from({ length: count }, () => new Map<number, number>());
  /** Groups without a fold, and the only fold so far, of each stratum. */
  const left = new Map(groupsOf);
  const onlyFold = new Map<number, number>();
  for (const own of units) {
    const its = [...new Set(own.map((i) => strata[i]!))];
    const last = its.filter((stratum) => left.get(stratum) === 1 && groupsOf.get(stratum)! > 1);
    const closed = new Set(last.map((stratum) => onlyFold.get(stratum)));
    const load = ofStratum.map((sizes) => own.reduce((sum, i) => sum + (sizes.get(strata[i]!) ?? 0), 0));
    let fold = -1;
    for (let f = 0; f < count; f++) {
      if (closed.has(f)) continue;
      const isBetter = load[f]! < load[fold]! || (load[f] === load[fold] && total[f]! < total[fold]!);
      if (fold < 0 || isBetter) fold = f;
    }
    if (fold < 0) return undefined;
    total[fold]! += own.length;
    for (const stratum of its) {
      left.set(stratum, (left.get(stratum) ?? 0) - 1);
      // -1: several folds
      onlyFold.set(stratum, (onlyFold.get(stratum) ?? fold) === fold ? fold : -1);
    }
    for (const i of own) {
      foldOf[i] = fold;
      ofStratum[fold]!.set(strata[i]!, (ofStratum[fold]!.get(strata[i]!) ?? 0) + 1);
    }
  }
  const places = Array.from(foldOf.keys());
  return total.map((_, f) => ({
    train: places.filter((i) => foldOf[i] !== f),
    held: places.filter((i) => foldOf[i] === f),
  }));
}
