import { EngraftError } from "../../core/errors.js";
import type { TrainOptions } from "../../options/options.js";

/** Strategies that look at one answer an item, each with what they would need. */
const refused: Readonly<Record<string, string>> = {
  bss: "it looks at the spread of one row of features an item",
  setfit: "its pairs are of texts with one class each",
  lwf: "it needs a classifier of the base's own, with one answer an item",
  "co-tuning": "it needs a classifier of the base's own, with one answer an item",
};

/** @throws OptionError for what means nothing where each word has an answer */
export function requireEntities(options: TrainOptions): void {
  const { strategy } = options;
  if (strategy !== undefined && Object.hasOwn(refused, strategy))
    throw new EngraftError(
      "OptionError",
      `strategy "${strategy}" is not for entities: ${refused[strategy]}`,
      {
        help: "use another strategy: finetune, probe, l2-sp, lora, …",
        details: { strategy },
      },
    );
  if (options.initFrom !== undefined)
    throw new EngraftError("OptionError", "the option initFrom is not for entities", {
      help: "leave it out",
      details: { option: "initFrom" },
    });
}
