import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import { classificationOf } from "../../core/results/task.js";
import { type Dataset, pictureInputs } from "../../data/index.js";
import { refuseCommand } from "../../options/command-needs.js";
import { defaults } from "../../options/options.js";
import { openBody, openData } from "../../run/setup.js";
import type { PlannedData } from "../../tasks/classes/choose/planned-data.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { PlanOptions } from "./result.js";

/**
 * Opens data for a plan: task, classes and splits.
 * @throws OptionError for a task without plans, DataError for unusable data
 */
export async function openPlannedData(
  machine: TaskMachine,
  data: string | Dataset,
  options: PlanOptions,
  onEvent: OnEvent,
  command: "plan" | "diagnose" = "plan",
): Promise<PlannedData> {
  const { platform } = machine;
  const { abilitiesOf, resolveTask } = await import("../../tasks/registry.js");
  const { trials: _trials, bases: _bases, base: _base, ...trainOptions } = options;
  // A base of pictures or of texts: the data decide.
  const learns =
    typeof data === "string" ? await resolveTask(machine, data, trainOptions) : classificationOf.image;
  refuseCommand(command, abilitiesOf(machine, learns));
  const seed = options.seed ?? defaults.seed;
  const given = { ...trainOptions, seed, onEvent };
  if (learns === classificationOf.image) {
    const dataset = await openData(data, given, platform);
    const open = async (base: string) => {
      const opened = await openBody(base, given, platform);
      return { opened, inputs: pictureInputs(platform, opened.base.preprocessing, dataset.items.length) };
    };
    return { learns, unit: "pictures", dataset, open };
  }
  if (learns === classificationOf.text) {
    const { openTextBody, openTextDataset, tokensOf } = await import("../../tasks/texts/open-texts.js");
    const dataset = await openTextDataset(data as string, {
      seed,
      platform,
      onEvent,
      options,
    });
    const open = async (base: string) => {
      const opened = await openTextBody(base, options, { platform, onEvent });
      return { opened, inputs: tokensOf(dataset, opened, options.signal) };
    };
    return { learns, unit: "texts", dataset, open };
  }
  throw new EngraftError("InternalError", `${command} does not open data of ${learns}`);
}
