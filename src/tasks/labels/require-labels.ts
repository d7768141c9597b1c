import { EngraftError } from "../../core/errors.js";
import type { TrainOptions } from "../../options/options.js";

/** Strategies and options of the loop that take each item for one class, with what they would need. */
const refusedStrategies: Readonly<Record<string, string>> = {
  lwf: "it needs a classifier of the base's own, with one answer an item",
  "co-tuning": "it needs a classifier of the base's own, with one answer an item",
  setfit: "its pairs are of one class or of two, and items have several labels",
};
const refusedSettings = ["labelSmoothing", "classWeights", "focal", "mixup", "cutmix"] as const;

/** @throws OptionError for what means nothing where an item has several labels */
export function requireLabels({ strategy, option = {} }: TrainOptions): void {
  if (strategy !== undefined && Object.hasOwn(refusedStrategies, strategy))
    throw new EngraftError(
      "OptionError",
      `strategy "${strategy}" is not for several labels: ${refusedStrategies[strategy]}`,
      { help: "use another strategy: finetune, probe, l2-sp, lora, …", details: { strategy } },
    );
  const setting = refusedSettings.find((name) => option[name] !== undefined);
  if (setting !== undefined)
    throw new EngraftError(
      "OptionError",
      `option ${setting} bends the loss of one class an item, and items have several labels`,
      { help: "leave it out", details: { option: setting } },
    );
}
