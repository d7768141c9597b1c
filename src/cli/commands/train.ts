import { prepareSeeds } from "../../api/prepare-seeds.js";
import { resumeTraining } from "../../api/resume-training.js";
import { train as trainModel } from "../../api/train.js";
import { EngraftError } from "../../core/errors.js";
import type { DryRunResult } from "../../core/results/dry-run.js";
import { isWithoutBase } from "../../methods/registry.js";
import { requireKind } from "../../run/folder/run-kinds.js";
import { openMachine } from "../../run/machine.js";
import type { Command, Context } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { refuseOtherOptions, requireResume } from "../options/refuse-other-options.js";
import { trainOptionsOf } from "../options/train-flags.js";
import { formatRate } from "../render/epoch-table.js";
import { labelled } from "../render/labelled.js";
import { formatCount, isWord } from "../render/render.js";
import { renderAnyResult } from "../render/render-result.js";
import { reportPrepared } from "../report-prepared.js";
import { linesOfResumed, resumable } from "../resumable.js";
import { renderBetterBase, watchBase } from "../watch-base.js";

/**
 * `engraft train <data>`, or `engraft train --resume DIR`, with `--data`, `--base` and `--init-from` for new paths and `--more` to
 * train a finished run further.
 */
export const train: Command<OptionsOf<"train">> = async (args, options, context) => {
  const { output, signal } = context;
  const [data] = args;
  if (options.resume !== undefined) return resumeAs("train", args, options, context);
  requireResume(options);
  if (data === undefined)
    throw new EngraftError("OptionError", "train needs a data folder", {
      help: "engraft train <data>: a folder with one folder of pictures for each class, or a table",
    });
  const requested = {
    ...trainOptionsOf(options),
    explain: options.noExplain !== true,
    baselines: baselinesOf(options),
  };
  if (options.prepare === true) {
    return reportPrepared(
      "compare",
      await prepareSeeds(data, { ...requested, onEvent: output.onEvent, signal }),
      { output },
    );
  }
  if (options.dryRun === true) {
    const result = await trainModel(data, { ...requested, dryRun: true, onEvent: output.onEvent, signal });
    output.result({ ...result }, renderDryRun(result));
    return;
  }
  const watched = watchBase(output.onEvent);
  const result = await resumable("train", watched.onEvent, (onEvent) =>
    trainModel(data, { ...requested, onEvent, signal }),
  );
  const better = watched.better(result, data, requested);
  output.result({ ...result, ...(better && { better_base: better }) }, [
    ...(await renderAnyResult(result, output.verbose, data)),
    ...(better && !output.quiet ? renderBetterBase(better) : []),
  ]);
};

/** Options that may stand beside `--resume`. */
type BesideResume = Partial<
  Pick<
    OptionsOf<"distill">,
    "data" | "base" | "teacher" | "initFrom" | "threads" | "device" | "more" | "resume" | "verbose"
  >
>;

/** Resumes a run of `train`, `distill` or `extend`. @throws RunError for a run of another command */
export async function resumeAs(
  command: "train" | "distill" | "extend",
  args: readonly string[],
  options: BesideResume,
  { output, signal }: Context,
): Promise<void> {
  const allowed =
    command === "extend"
      ? ["base", "threads", "device"]
      : ["data", "base", "teacher", "initFrom", "threads", "device", "more"];
  refuseOtherOptions(command, args, options, "run", allowed);
  const { threads, device, base, teacher, initFrom, data, more } = options;
  const run = options.resume!;
  await requireKind((await openMachine()).platform, run, [command]);
  const moved = { data, base, teacher, initFrom };
  const result = await resumable(command, output.onEvent, (onEvent) =>
    resumeTraining(run, { onEvent, signal, threads, device, ...moved, more }),
  );
  const lines = await linesOfResumed(run, result, (one) => renderAnyResult(one, output.verbose));
  output.result({ ...result }, lines);
}

/** Returns whether to train from scratch; undefined if not given: then the run decides by the time. */
function baselinesOf({
  baselines,
  noBaselines,
}: Pick<OptionsOf<"train">, "baselines" | "noBaselines">): boolean | "auto" {
  if (baselines === true && noBaselines === true)
    throw new EngraftError("OptionError", "--baselines and --no-baselines contradict each other", {
      help: "leave one of them out",
    });
  return noBaselines === true ? false : (baselines ?? "auto");
}

/** Returns what a training would do, for people: its strategy with reasons, its length, its time, and its command. */
export function renderDryRun(result: DryRunResult): string[] {
  const { base, strategy, cut, epochs, batch, rate, trainable, baselines, seeds, folds, forecast } = result;
  const { parameters, total } = trainable;
  const length =
    rate === null
      ? "solved without epochs"
      : `${epochs} ${epochs === 1 ? "epoch" : "epochs"} of batches of ${batch}, rate ${formatRate(rate)}`;
  const weights =
    parameters > 0 ? [`trains ${formatCount(parameters)} of ${formatCount(total)} weights`] : [];
  const besides = [
    ...(baselines === "quick" ? ["quick baselines"] : baselines ? ["baselines"] : []),
    ...(seeds > 1 ? [`${seeds} seeds`] : []),
    ...(folds === undefined ? [] : [`${folds} folds`]),
  ];
  const isShort = isWord(strategy.reason_messages);
  const name = isShort ? `${strategy.name} (${strategy.reasons.join()})` : strategy.name;
  const model = isWithoutBase(strategy.name)
    ? [name, length]
    : [`${name} on ${base.name} (${base.license})`, length, ...weights, `cut at ${cut}`];
  return [
    ...labelled("dry run", ...model),
    ...(isShort ? [] : labelled("because", ...strategy.reasons)),
    ...(besides.length > 0 ? labelled("besides", besides.join(", ")) : []),
    ...labelled("forecast", forecast.words),
    // Not wrapped, so that it is copied as one line.
    `do it      ${result.command}`,
  ];
}
