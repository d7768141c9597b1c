import { EngraftError } from "../../core/errors.js";
import type { DomainEvent, Part, SplitCounts } from "../../core/events/events.js";
import type { BaseModality, SampleWords } from "../../core/modalities.js";
import { permutation } from "../../core/random.js";
import { copyHashOf } from "../../data/dataset.js";
import type { ClassSample, Dataset, Samples } from "../../data/index.js";
import { noLabel, type Warning } from "../../data/split/found.js";
import { splitFields } from "../../data/split/split-origin.js";
import type { BagOfWords } from "../../data/texts/index.js";
import type { AdaptationName } from "../../methods/adapt/index.js";
import type { RequestedOptions } from "../../methods/settings.js";
import { splitCounts } from "../../run/setup.js";

/** One side of an adaptation. `classes` is empty if it has no labels; then the label of each item is -1. */
export type Domain = Pick<
  Dataset,
  "root" | "items" | "classes" | "splitWords" | "splitMessages" | "skipped" | "warnings" | "fingerprint"
>;
export type DomainItem = Domain["items"][number];

/** A sample of a domain. */
export type DomainUnit = SampleWords<BaseModality>["one"];

/** Source and target, with the target's labels as indices into the source's classes. */
export interface Domains {
  readonly unit: DomainUnit;
  readonly source: Domain;
  readonly target: Domain;
  /** True if all labels of the target's test split score the model. They are read only after it is chosen. */
  readonly labelled: boolean;
}

/** Domains and method of an adaptation. */
export interface Adaptation {
  readonly domains: Domains;
  readonly method: AdaptationName;
  /** The name that the user gave, such as "task" for "mcc". */
  readonly requested: AdaptationName;
  /** Options of the method. */
  readonly option: RequestedOptions;
  /** Vocabulary of texts. */
  readonly bag?: BagOfWords | undefined;
  /** Samples of the target whose labels will compare the model with source-only. */
  readonly check?: readonly DomainItem[] | undefined;
}

/** Returns the dataset of a run: train and validation split of the source, test split of a labelled target. */
export function jointDataset({ source, target, labelled }: Domains, seed: number): Samples<ClassSample> {
  const test = labelled ? itemsOf(target, "test") : [];
  return {
    root: source.root,
    classes: source.classes,
    seed,
    items: [...source.items.filter(({ part }) => part !== "test"), ...test],
    fingerprint: `${source.fingerprint} ${target.fingerprint}`,
    testFingerprint: target.fingerprint,
  };
}

/** Fewest training items of a domain: a batch of fewer says nothing about a distribution. */
const fewest = 8;

/**
 * Checks that two domains fit together, and maps the target's labels to the classes of the source.
 * @throws DataError for the difference between the domains
 */
export function matchDomains({ unit, source, target }: Pick<Domains, "unit" | "source" | "target">): {
  readonly domains: Domains;
  readonly warnings: Domain["warnings"];
} {
  const where = `source "${source.root}", target "${target.root}"`;
  const known = new Set(source.items.map(copyHashOf));
  const shared = target.items.filter((i) => known.has(copyHashOf(i))).length;
  if (source.root === target.root || 2 * shared > target.items.length)
    throw new EngraftError(
      "DataError",
      source.root === target.root
        ? "source and target are the same data"
        : `source and target hold the same ${unit}s: ${shared} of the target's ${target.items.length}`,
      {
        at: where,
        help: "give two domains, for example photographs and drawings of the same things",
        details: { shared },
      },
    );
  if (source.classes.length < 2)
    throw new EngraftError("DataError", "the source has no labels", {
      at: where,
      help: `only the target may come without: give the source's ${unit}s a folder a class, or a label column`,
    });
  const foreign = target.classes.filter((c) => !source.classes.includes(c));
  if (foreign.length > 0)
    throw new EngraftError(
      "DataError",
      `the target has ${foreign.length === 1 ? "a class" : `${foreign.length} classes`} that the source has not: ${foreign
        .slice(0, 5)
        .map((c) => `"${c}"`)
        .join(", ")}`,
      {
        at: where,
        help: `the source's are ${source.classes
          .slice(0, 8)
          .map((c) => `"${c}"`)
          .join(
            ", ",
          )}: give the target's the same names, leave these ${unit}s out, or give the target without labels`,
        details: { foreign, classes: source.classes },
      },
    );
  for (const [name, { items }] of [
    ["source", source],
    ["target", target],
  ] as const) {
    const train = items.filter((i) => i.part === "train").length;
    if (train < fewest)
      throw new EngraftError("DataError", `the ${name} has ${train} ${unit}s to train on`, {
        at: where,
        help: `at least ${fewest} are needed to see how a domain is distributed, better some hundreds`,
        details: { train },
      });
  }
  const labelled = target.classes.length > 0;
  const label = target.classes.map((c) => source.classes.indexOf(c));
  const warnings = warningsOf(unit, source, target, shared);
  const items = target.items.map((i) => ({ ...i, label: labelled ? label[i.label]! : -1 }));
  return { domains: { unit, source, target: { ...target, items }, labelled }, warnings };
}

/** Returns warnings about the target's labels, and about samples of both domains. */
function warningsOf(unit: string, source: Domain, target: Domain, shared: number): readonly Warning[] {
  const labelled = target.classes.length > 0;
  const missing = labelled ? source.classes.filter((c) => !target.classes.includes(c)) : [];
  const unlabelled = target.skipped.filter(({ reason }) => reason === noLabel).length;
  return [
    ...(unlabelled > 0
      ? [
          {
            code: "unlabelled_target",
            message: `${unlabelled} ${unit}s of the target have no label and are left out: give the target without labels to adapt to all of its ${unit}s`,
          },
        ]
      : []),
    ...(missing.length > 0
      ? [
          {
            code: "partial_target",
            message: `the target has no ${unit} of ${missing
              .slice(0, 5)
              .map((c) => `"${c}"`)
              .join(", ")}: aligning whole domains can then do harm, compare with source-only`,
          },
        ]
      : []),
    ...(shared > 0
      ? [{ code: "shared_items", message: `${shared} of the target's ${unit}s are in the source too` }]
      : []),
  ];
}

/** Returns the items of a split. */
export function itemsOf({ items }: Domain, part: Part): DomainItem[] {
  return items.filter((i) => i.part === part);
}

/**
 * Draws at most `most` items by the seed. The draw does not depend on the order of the items, so items that are sorted by
 * class keep all classes.
 */
export function drawItems<T extends Pick<DomainItem, "id">>(
  items: readonly T[],
  most: number,
  seed: number,
): readonly T[] {
  if (items.length <= most) return items;
  const named = [...items].sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
  return permutation(named.length, seed, "information")
    .slice(0, most)
    .map((i) => named[i]!);
}

/** Returns the sizes of a domain's splits. */
export const countsOf = ({ items }: Domain, seed: number): SplitCounts => splitCounts({ items, seed });

export function domainEvent(
  role: DomainEvent["role"],
  domain: Domain,
  unit: string,
  seed: number,
): DomainEvent {
  const { root, classes, skipped, fingerprint } = domain;
  return {
    event: "domain",
    role,
    root,
    unit,
    classes,
    split: countsOf(domain, seed),
    ...splitFields(domain),
    skipped,
    fingerprint,
  };
}
