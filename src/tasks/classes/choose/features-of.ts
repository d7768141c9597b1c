import { wholeOf } from "../../../core/results/rows.js";
import type { ImageItem } from "../../../data/index.js";
import type { Unrecorded } from "../../../run/context.js";
import { openTrunk } from "../../../run/setup.js";
import type { LabelledSample } from "../../../transferability/index.js";

/** Returns features of a base's frozen body for items, with their classes. */
export async function featuresOf(
  {
    opened,
    runtime,
    platform,
    options,
    inputs,
    onEvent,
  }: Pick<Unrecorded, "opened" | "runtime" | "platform" | "options" | "inputs" | "onEvent">,
  items: readonly ImageItem[],
  classes: number,
): Promise<LabelledSample> {
  const { signal } = options;
  const trunk = await openTrunk(opened, runtime, platform, { ...options, onEvent }, inputs);
  try {
    const table = await trunk.features(items, { onEvent, signal });
    const features = Float32Array.from(wholeOf(table));
    table.close();
    return {
      features,
      width: opened.body.width,
      labels: Int32Array.from(items, ({ label }) => label),
      classes,
    };
  } finally {
    await trunk.close();
  }
}
