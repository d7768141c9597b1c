import { EngraftError } from "../core/errors.js";
import { defaults, type TrainOptions } from "../options/options.js";
import { openMachine } from "../run/machine.js";
import { prepareComparison } from "../studies/compare/compare.js";
import type { PreparedStudy } from "../studies/many-runs.js";
import { dryRunOn } from "./train.js";

/**
 * Prepares the repeats of a training for `work`: a comparison of one strategy, each seed a run of its own, all with one split. If no
 * strategy is given, it is chosen here.
 * @throws OptionError without several seeds, or with options that need one run; otherwise as `train`
 * @example const { study } = await prepareSeeds("./flowers", { seeds: 5 });
 */
export async function prepareSeeds(data: string, options: TrainOptions): Promise<PreparedStudy> {
  const {
    seeds = 1,
    seed = defaults.seed,
    strategy: _strategy,
    baselines,
    explain: _explain,
    ...shared
  } = options;
  if (seeds < 2)
    throw new EngraftError("OptionError", "a training of one seed cannot be shared", {
      help: "give several, as in --seeds 5 --prepare; or leave --prepare out",
    });
  if (baselines === true)
    throw new EngraftError("OptionError", "a prepared training has no baselines", {
      help: "leave --baselines out, or prepare engraft curve, whose trainings have them",
    });
  const { strategy } = await dryRunOn(await openMachine(), data, { ...options, baselines: false });
  return prepareComparison(data, { splitSeed: seed, ...shared, seed, seeds, strategies: [strategy.name] });
}
