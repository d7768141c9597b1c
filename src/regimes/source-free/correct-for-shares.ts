import type { LinearHead } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import type { DomainGuard } from "../../core/events/events.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { factsOf } from "../../evaluate/class-predictions.js";
import { compareDomains } from "../../methods/adapt/compare-domains.js";
import {
  correctedHead,
  correctedProbabilities,
  drawByShares,
  estimateLabelShift,
  estimateShares,
} from "../../methods/adapt/label-shift.js";
import { fewestGroups } from "../../statistics/index.js";
import { heldAnswers } from "./held-answers.js";
import type { OpenedSource } from "./open-domains.js";
import type { OpenedModel } from "./open-model.js";
import type { Adapted, FeaturesOf, OpenedAdaptation } from "./opened-adaptation.js";
import type { AdaptModelOptions } from "./options.js";

/** A corrected last layer, and the facts of its result. */
interface Corrected extends Pick<Adapted, "changed" | "held" | "guard" | "forced" | "shares" | "shares_p"> {
  readonly head: LinearHead;
}

/** Features and logits of the target, and how those of other samples are computed. */
interface TargetAnswers {
  readonly rows: Float32Array;
  readonly width: number;
  readonly plain: Float32Array;
  readonly features: FeaturesOf;
}

/** Corrects the last layer for other shares of the classes. @throws DataError if the domains differ in more, or the source is gone */
export async function correctForShares(
  { model, domains, onEvent }: OpenedAdaptation,
  { force = false, seed, signal }: AdaptModelOptions & { readonly seed: number },
  target: TargetAnswers,
): Promise<Corrected> {
  const { classes, head, unit } = model;
  const { source, missing } = domains;
  if (!source) {
    const adapted = correctWithoutSource(model, target, missing!);
    if (force) return adapted;
    throw new EngraftError("DataError", `label-shift needs the source: ${missing}`, {
      at: model.dir,
      help: "without it, no check tells other shares of the classes from other data: bring the data back, or add --force",
    });
  }
  const held = await heldAnswers(source, model, { ...target, ...(signal && { signal }) });
  const targetGroups = groupsOfItems(domains.target.items);
  const found = estimateLabelShift({
    held,
    target: target.plain,
    targetGroups,
    classes: classes.length,
    seed,
  });
  // Few groups give no interval, so only --force corrects.
  const isSmall = [held.groups, targetGroups].some((groups) => groups && new Set(groups).size < fewestGroups);
  const guard: DomainGuard = isSmall
    ? { refused: "few groups" }
    : await compareAtShares(source, found.shares, { ...target, groups: targetGroups }, seed);
  if (guard.refused !== undefined && !force) throw domainsDiffer(guard, unit);
  if (guard.refused !== undefined)
    onEvent({ event: "warning", code: "domains_differ", message: messageOf(guard, unit) });
  const changed = isSmall || found.seen;
  return {
    head: changed ? correctedHead(head, found) : head,
    changed,
    held: held.labels.length,
    guard,
    ...(guard.refused !== undefined && { forced: true as const }),
    ...(!isSmall && { shares_p: found.p }),
    shares: classes.map((name, k) => ({
      name,
      old: found.old[k]!,
      share: found.shares[k]!,
      ...(!isSmall && { ci95: found.intervals[k]! }),
    })),
  };
}

/** Most rows of each set that is compared. */
const mostRows = 1000;

/** Compares the target with source samples of the same shares, and these with each other. */
async function compareAtShares(
  { shown }: OpenedSource,
  shares: Float64Array,
  { rows, width, features, groups }: TargetAnswers & { readonly groups: readonly string[] | undefined },
  seed: number,
): Promise<DomainGuard> {
  const drawn = drawByShares(factsOf(shown).labels, shares, seed)
    .slice(0, 2 * mostRows)
    .map((place) => shown[place]!);
  const own = { ...factsOf(drawn), rows: await features(drawn) };
  return compareDomains(own, { rows, groups }, width, { seed, most: mostRows });
}

const two = (x: number): string => x.toFixed(2);

/** Returns why a target is refused. */
function messageOf({ refused, domains, halves }: DomainGuard, unit: string): string {
  if (refused === "few samples" || refused === "few groups")
    return `there are too few ${refused === "few groups" ? "groups of " : ""}${unit}s of each domain to tell whether they differ in more than the shares of the classes`;
  const range = ({ value, ci95 }: NonNullable<DomainGuard["domains"]>) =>
    `${two(value)} (${ci95.map(two).join(" to ")})`;
  return `the target differs from the source in more than the shares of its classes: their A-distance is ${range(domains!)}, that of two halves of the source ${range(halves!)}`;
}

function domainsDiffer(guard: DomainGuard, unit: string): EngraftError {
  return new EngraftError("DataError", messageOf(guard, unit), {
    help: "new shares would be estimated wrongly: adapt from the source's data (engraft adapt SOURCE TARGET), label some of the target, or add --force",
    details: { guard },
  });
}

/** Corrects with the recorded temperature and the shares of the test split. @throws DataError if these are not recorded */
function correctWithoutSource(
  { engraft, manifest, classes, head, dir }: OpenedModel,
  { plain }: TargetAnswers,
  missing: string,
): Corrected {
  const recorded = manifest?.result as
    | { readonly test?: { readonly per_class?: readonly { readonly label: string; readonly n: number }[] } }
    | undefined;
  const counts = classes.map(
    (name) => recorded?.test?.per_class?.find(({ label }) => label === name)?.n ?? 0,
  );
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (engraft.trust === undefined || counts.includes(0))
    throw new EngraftError("DataError", `label-shift needs the source: ${missing}`, {
      at: dir,
      help: "the run records no temperature and no shares of the classes either: bring the data or the run's folder back",
    });
  const { value, written } = engraft.trust.temperature;
  // A head of a model that divides its logits is divided already.
  const correction = { scale: written ? 1 : 1 / value, bias: new Float64Array(classes.length) };
  const old = Float64Array.from(counts, (n) => n / total);
  const shares = estimateShares(correctedProbabilities(plain, correction), old);
  return {
    head: correctedHead(head, { correction, old, shares }),
    changed: true,
    guard: { refused: "no source" },
    forced: true,
    shares: classes.map((name, k) => ({ name, old: old[k]!, share: shares[k]! })),
  };
}
