import { EngraftError } from "../../core/errors.js";
import type { DomainEvent, Part, SplitCounts } from "../../core/events/events.js";
import type { WarningText } from "../../core/messages/message.js";
import { permutation } from "../../core/random.js";
import type { Tensor } from "../../core/tensor.js";
import { type SplitOrigin, splitFields } from "../../data/split/split-origin.js";

/** One item of a domain; what it is, its {@link Inputs} know. */
export interface DomainItem {
  readonly id: string;
  /** Index into the source's classes; -1 where nobody said. */
  readonly label: number;
  readonly part: Part;
  /** What it belongs to with others; all of them are in one part. */
  readonly group?: string;
  readonly sha256: string;
}

/** One side of an adaptation, looked at. */
export interface Domain extends SplitOrigin {
  readonly root: string;
  readonly items: readonly DomainItem[];
  /** Sorted; empty where there are no labels. */
  readonly classes: readonly string[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly warnings: readonly WarningText[];
  readonly fingerprint: string;
}

/** Items as the network's input. */
export interface Inputs {
  /** "picture" or "text" */
  readonly unit: "picture" | "text";
  /**
   * @param options.order positions in `items`, in the order they are wanted; may repeat. @param options.epoch makes each epoch's random changes
   * others; without it there are none. The last batch may be shorter.
   */
  batches(
    items: readonly DomainItem[],
    options: { readonly order: readonly number[]; readonly batch: number; readonly epoch?: number },
  ): AsyncIterable<{ readonly x: Tensor; readonly indices: readonly number[] }>;
}

/** Both sides, with the target's labels as positions in the source's classes. */
export interface Domains {
  readonly source: Domain;
  readonly target: Domain;
  /** The target's items have labels: they are looked at once, in the end. */
  readonly labelled: boolean;
}

/** With fewer to train on, a batch of them says nothing about a distribution. */
const fewest = 8;

/**
 * See that two domains can be adapted to one another, and give the target's labels the source's numbers.
 * @throws DataError naming what does not fit
 */
export function fitTogether(
  source: Domain,
  target: Domain,
  unit: string,
): { domains: Domains; warnings: Domain["warnings"] } {
  const where = `source "${source.root}", target "${target.root}"`;
  const known = new Set(source.items.map((i) => i.sha256));
  const shared = target.items.filter((i) => known.has(i.sha256)).length;
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
  const missing = labelled ? source.classes.filter((c) => !target.classes.includes(c)) : [];
  const label = target.classes.map((c) => source.classes.indexOf(c));
  const warnings = [
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
  const items = target.items.map((i) => ({ ...i, label: labelled ? label[i.label]! : -1 }));
  return { domains: { source, target: { ...target, items }, labelled }, warnings };
}

/** The items of a part. */
export function itemsOf({ items }: Domain, part: Part): DomainItem[] {
  return items.filter((i) => i.part === part);
}

/**
 * Draws at most `most` items by the seed. The same ones are drawn in whatever order the items come, so items that are sorted
 * by class lose no class.
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

export function countsOf({ items }: Domain, seed: number): SplitCounts {
  const count = (part: Part): number => items.filter((i) => i.part === part).length;
  return { train: count("train"), validation: count("validation"), test: count("test"), seed };
}

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
