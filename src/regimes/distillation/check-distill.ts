import { EngraftError } from "../../core/errors.js";
import { methodsOf, splitDistill } from "../../methods/distillation/settings.js";
import { loopSettings } from "../../methods/loop-settings.js";
import { checkSettings, rowOf, type StrategyName, strategies } from "../../methods/registry.js";
import { type DistillOptions, defaults, type TrainOptions } from "../../options/options.js";
import { refuseInRegime } from "../../options/refuse-unusable.js";
import { regimes } from "../../options/regimes.js";

/** Strategies that train by gradients. */
const trainable = (Object.keys(strategies) as StrategyName[]).filter(
  (name) => rowOf(name).plan !== undefined,
);

/** Returns the methods of distillation with their options. @throws OptionError for options that a teacher excludes */
export function checkDistill(options: TrainOptions & Partial<DistillOptions>) {
  const { strategy = defaults.strategy, option = {}, method = "soft", baselines } = options;
  const row = rowOf(strategy);
  if (baselines)
    throw new EngraftError(
      "OptionError",
      "baselines have no place beside a teacher: the same student without it is the comparison",
      { help: "leave them out" },
    );
  if (row.plan === undefined || row.relationship)
    throw new EngraftError(
      "OptionError",
      `strategy "${strategy}" ${row.relationship ? "cannot be used beside a teacher" : "has no steps in which a student could learn from a teacher"}`,
      { help: `leave it out, or use ${trainable.filter((name) => !rowOf(name).relationship).join(", ")}` },
    );
  refuseInRegime(options, regimes.distill);
  const methods = methodsOf(method);
  const others = { ...loopSettings, ...row.settings };
  const { values, rest } = splitDistill(methods, option, others, `strategy "${strategy}"`);
  checkSettings(strategy, rest);
  return { methods, values, rest };
}
