import type { DomainDistance } from "../../core/events/events.js";
import { permutation } from "../../core/random.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { groupsOfItems } from "../../data/split/groups.js";
import type { Graph } from "../../graph/graph.js";
import { extract } from "../../graph/surgery/index.js";
import { aDistance, type GroupsOfDomains, mmd } from "../../methods/adapt/index.js";
import { featuresOf } from "../../methods/body-weights.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { fedBy } from "../../run/setup.js";
import { predictWith } from "../../run/training/feeds.js";
import { heldOf } from "../../run/training/planned.js";
import type { DomainItem, Domains } from "./domain.js";

/** Returns features of samples under a model whose weights are initializers, float32[N, D]. */
export async function featuresUnder(
  context: Context,
  model: Graph,
  items: readonly DomainItem[],
): Promise<Float32Array> {
  const { machine, opened, options } = context;
  if (items.length === 0) return new Float32Array(0);
  const part = fedBy(opened, extract(model, [featuresOf(model)]));
  const source = { ...heldOf(context, "train"), items };
  return predictWith(machine.runtime, part, source, opened.body.width, options.signal);
}

/** Most samples of each domain for the distances: MMD compares all pairs, and the classifier is solved five times. */
const mostForDistance = 1000;
const mostForMmd = 300;
const fewestForMmd = 4;

/** Returns both distances on the validation and test splits of both domains, without labels. */
export async function domainDistance(
  context: Context,
  model: Graph,
  { source, target }: Domains,
): Promise<DomainDistance> {
  const { seed = defaults.seed } = context.options;
  const { width } = context.opened.body;
  const drawn = (items: readonly DomainItem[], name: string): readonly DomainItem[] => {
    const held = items.filter((i) => i.part !== "train");
    const order = permutation(held.length, seed, "distance", name).slice(0, mostForDistance);
    return order.map((i) => held[i]!);
  };
  const held = { source: drawn(source.items, "source"), target: drawn(target.items, "target") };
  return distanceOf(
    {
      source: await featuresUnder(context, model, held.source),
      target: await featuresUnder(context, model, held.target),
    },
    width,
    { seed, groups: groupsOfDomains(held), shuffled: true },
  );
}

/** Returns the groups of the samples of both domains. */
export const groupsOfDomains = (held: {
  readonly source: readonly DomainItem[];
  readonly target: readonly DomainItem[];
}): GroupsOfDomains => [groupsOfItems(held.source), groupsOfItems(held.target)];

/** Returns both distances of held-out features of two domains, float32[N, D]. MMD compares as many rows of each. */
export function distanceOf(
  { source: s, target: t }: { readonly source: Float32Array; readonly target: Float32Array },
  width: number,
  options: {
    readonly seed?: number | undefined;
    readonly groups: GroupsOfDomains;
    /** True if the rows are in random order already. Default: they may be in the order of their classes. */
    readonly shuffled?: boolean;
  },
): DomainDistance {
  const { seed = defaults.seed, groups, shuffled = false } = options;
  const a = aDistance(s, t, width, { seed, groups });
  const n = Math.min(s.length / width, t.length / width, mostForMmd);
  const drawn = ([x, own]: readonly [Float32Array, readonly string[] | undefined], name: string) => {
    if (shuffled || x.length === n * width) return { x: x.subarray(0, n * width), groups: own };
    const rows = permutation(x.length / width, seed, "mmd", name).slice(0, n);
    return { x: rowsAt(rowsOf(x, width), rows), groups: own && rows.map((row) => own[row]!) };
  };
  const [source, target] = [drawn([s, groups[0]], "source"), drawn([t, groups[1]], "target")];
  const m =
    n >= fewestForMmd
      ? mmd(source.x, target.x, width, { seed, groups: [source.groups, target.groups] })
      : undefined;
  return {
    ...(a && { a_distance: { value: a.value, ci95: a.ci95, n: a.n } }),
    ...(m && { mmd: { value: m.value, p: m.p, n } }),
  };
}
