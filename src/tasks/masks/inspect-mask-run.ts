import { openBase } from "../../bases/open/open-base.js";
import { defaults } from "../../options/options.js";
import type { Machine } from "../../run/machine.js";
import { splitCounts } from "../../run/setup.js";
import type { InspectedData, InspectOptions } from "../inspect-data.js";
import { openMaskData } from "./execute-masks.js";

/** Opens data and base of a run of image segmentation without training. */
export async function inspectMaskRun(
  { platform }: Machine,
  path: string,
  options: InspectOptions,
): Promise<InspectedData> {
  const { onEvent = () => undefined, signal, seed } = options;
  const data = await openMaskData(platform, path, { seed, options, onEvent, signal });
  const base = await openBase(options.base ?? defaults.base, { ...options, platform });
  return {
    fingerprint: data.fingerprint,
    baseSha256: base.sha256,
    samples: "pictures",
    train: splitCounts(data).train,
    classes: data.classes.length,
  };
}
