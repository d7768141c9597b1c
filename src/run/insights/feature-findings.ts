import type { LeaksEvent } from "../../core/events/events.js";
import { piecesOf } from "../../core/results/rows.js";
import type { DistantItems } from "../../core/results/trust.js";
import type { Platform } from "../../platform/platform.js";
import { remembered } from "../../platform/remember.js";
import type { PartFeatures } from "../../train/features.js";
import { distantItems } from "./feature-distances.js";
import { featureLeaks } from "./feature-leaks.js";

/** What the features of the parts show before anything is trained. */
export interface FeatureFindings {
  /** Missing where features say nothing of copies: of texts and numbers. */
  readonly leaks?: LeaksEvent;
  readonly distant?: DistantItems;
}

export interface Parts {
  readonly train: PartFeatures;
  readonly validation: PartFeatures;
  readonly test: PartFeatures;
}

/** Named with the rules of {@link featureLeaks} and {@link distantItems}: to be counted up when they change. */
const name = "feature-findings-1";

/**
 * {@link featureLeaks} and {@link distantItems}: remembered by the features themselves, whose hash takes a tenth of the time.
 * @param skip pairs that are known already; undefined: copies are not looked for @param cache whether to remember
 */
export async function featureFindings(
  platform: Platform,
  parts: Parts,
  { skip, cache }: { readonly skip: ReadonlySet<string> | undefined; readonly cache: boolean },
): Promise<FeatureFindings> {
  const { train, validation, test } = parts;
  const find = (): FeatureFindings => {
    const distant = distantItems(train.features, validation.features, test.features);
    return { ...(skip && { leaks: featureLeaks(parts, skip) }), ...(distant && { distant }) };
  };
  if (!cache) return find();
  const input = [skip ? [...skip] : null];
  for (const { features, items } of [train, validation, test]) {
    const { count, width } = features;
    const hashes: string[] = [];
    for (const { values } of piecesOf(features))
      hashes.push(await platform.sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
    hashes.push(await platform.sha256(items.map(({ id }) => id).join("\n")));
    input.push([`${count} ${width}`, ...hashes]);
  }
  return remembered(platform, name, JSON.stringify(input), looksRight, find);
}

const isNumber = (value: unknown): value is number => typeof value === "number";

function looksRight(value: unknown): value is FeatureFindings {
  if (typeof value !== "object" || value === null) return false;
  const { leaks, distant } = value as FeatureFindings;
  const goodLeaks =
    leaks === undefined || (leaks.event === "leaks" && isNumber(leaks.found) && Array.isArray(leaks.leaks));
  const goodDistant =
    distant === undefined ||
    (distant.score === "neighbour" && isNumber(distant.test) && distant.test_ci95?.every(isNumber));
  return goodLeaks && goodDistant;
}
