import { EngraftError, stopIf } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import type { Runtime } from "../../runtime/runtime.js";
import { balancedOrder } from "../../tasks/classes/choose/balanced-order.js";
import { featuresOf } from "../../tasks/classes/choose/features-of.js";
import { mostItems, type PlannedData, partOfData } from "../../tasks/classes/choose/planned-data.js";
import type { PlannedBase } from "../../tasks/classes/choose/planning.js";
import { ensemble, meanRanks, type ScoreName, scores, sharing } from "../../transferability/index.js";
import type { CandidateBase, PlanOptions } from "./result.js";

/** A candidate base that is still open. */
export type Candidate = CandidateBase & PlannedBase;

/**
 * Returns the bases ranked by the scores of the ensemble, the best first. Each base makes one pass over at most 1000 training
 * items. A base that cannot be opened, or does not fit the data, is reported and left out.
 * @throws the first base's error if no base can be used
 */
export async function candidatesOf(
  planned: PlannedData,
  bases: readonly string[],
  runtime: Runtime,
  platform: Platform,
  options: PlanOptions,
  onEvent: OnEvent,
): Promise<{
  readonly candidates: readonly Candidate[];
  readonly failed: readonly { base: string; error: EngraftError }[];
}> {
  const { seed = 0, signal } = options;
  const { dataset } = planned;
  const items = balancedOrder(partOfData(dataset, "train"), mostItems, seed);
  const found: (Omit<Candidate, "mean_rank"> & { readonly values: readonly number[] })[] = [];
  const failed: { base: string; error: EngraftError }[] = [];
  for (const base of bases) {
    stopIf(signal);
    const begin = performance.now();
    try {
      const { opened, inputs } = await planned.open(base);
      const opening = (performance.now() - begin) / 1000;
      const context = { opened, runtime, platform, options, onEvent, inputs };
      const sample = sharing(await featuresOf(context, items, dataset.classes.length));
      const values = ensemble.map((name) => scores[name].of(sample));
      found.push({
        base,
        name: opened.base.name,
        license: opened.base.license,
        features: opened.body.width,
        probe: values[ensemble.indexOf("probe" satisfies ScoreName)]!,
        seconds: (performance.now() - begin) / 1000,
        opened,
        inputs,
        n: items.length,
        opening,
        values,
      });
    } catch (error) {
      if (signal?.aborted || !(error instanceof EngraftError) || error.exitCode !== 2) throw error;
      failed.push({ base, error });
      if (bases.length > 1)
        onEvent({ event: "warning", code: "base", message: `${base} is left out: ${error.message}` });
    }
  }
  if (found.length === 0) throw failed[0]!.error;
  const places = meanRanks(found.map(({ values }) => values));
  const candidates = found
    .map(({ values: _values, ...one }, i) => ({ ...one, mean_rank: places[i]! }))
    .sort((a, b) => a.mean_rank - b.mean_rank || b.probe - a.probe);
  return { candidates, failed };
}
