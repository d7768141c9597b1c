import { formatDuration } from "../../core/duration.js";
import { EngraftError } from "../../core/errors.js";
import type { Interval, LanguageScores, PretrainResultEvent } from "../../core/events/events.js";
import { pretrain as pretrainModel, resumePretrain } from "../../regimes/language-modelling/pretrain.js";
import { shellWord } from "../../run/command-line.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { refuseOtherOptions } from "../options/refuse-other-options.js";
import { labelled } from "../render/labelled.js";
import { command } from "../render/prepared-lines.js";
import { formatCount } from "../render/render.js";
import { sampleLines } from "../render/sample-lines.js";
import { linesOfResumed, resumable } from "../resumable.js";

/** `engraft pretrain <texts>`, or `engraft pretrain --resume DIR`. */
export const pretrain: Command<OptionsOf<"pretrain">> = async (args, options, { output, signal }) => {
  const [texts] = args;
  const { json: _json, quiet: _quiet, help: _help, resume, ...given } = options;
  if (resume !== undefined) {
    refuseOtherOptions("pretrain", args, options, "run", ["threads", "device"]);
    const { threads, device } = options;
    const result = await resumable("pretrain", output.onEvent, (onEvent) =>
      resumePretrain(resume, { onEvent, signal, threads, device }),
    );
    output.result({ ...result }, await linesOfResumed(resume, result, renderPretrainResult));
    return;
  }
  if (texts === undefined)
    throw new EngraftError("OptionError", "pretrain needs texts", {
      help: "engraft pretrain <texts>: a .txt file with a text a line, a .csv or .jsonl with a column of texts, or a folder",
    });
  const result = await resumable("pretrain", output.onEvent, (onEvent) =>
    pretrainModel(texts, { ...given, onEvent, signal }),
  );
  output.result({ ...result }, renderPretrainResult(result));
};

/** Returns the end of a pretraining. */
export function renderPretrainResult(result: PretrainResultEvent): string[] {
  const { objective, before, after, guessing, gain, epochs, best_epoch, seconds } = result;
  return [
    ...labelled(
      "pretrained",
      `${objective.name}: ${objective.words}`,
      `${formatCount(result.split.train)} texts in ${formatCount(result.rows.train)} rows of ${result.rows.length} tokens, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}, epoch ${best_epoch} kept`,
      `${formatDuration(seconds.total)}, peak memory ${Math.round(result.peak_rss_mb)} MB`,
    ),
    ...labelled(
      "held back",
      `guessing by frequency: perplexity ${guessing.perplexity.toFixed(2)}`,
      `before: ${perplexity(before)}`,
      `after:  ${perplexity(after)}`,
      ...bits(before, after),
      `loss lower by ${gain.loss.toFixed(4)} (${between(gain.ci95, 4)}) on ${formatCount(after.n)} places`,
    ),
    ...sampleLines(result.samples),
    ...labelled("base", result.model),
    ...labelled("run", result.run),
    command("next", nextCommand(result)),
  ];
}

function nextCommand({ samples, model, run }: PretrainResultEvent): string {
  if (samples) return `engraft predict ${shellWord(model)} "the beginning of a text"`;
  return `engraft train <labelled texts> --base ${shellWord(run)}`;
}

const between = (interval: Interval | null, digits: number): string =>
  interval ? `95 % interval ${interval.map((x) => x.toFixed(digits)).join(" to ")}` : "no interval";

const perplexity = ({ perplexity: value, perplexity_ci95: interval, accuracy }: LanguageScores): string =>
  `perplexity ${value.toFixed(2)} (${between(interval, 2)}), ${(100 * accuracy).toFixed(1)} % of the tokens right`;

function bits(before: LanguageScores, after: LanguageScores): string[] {
  const { bits_per_byte: old } = before;
  const { bits_per_byte: now, bits_per_byte_ci95: interval } = after;
  if (old === undefined || now === undefined) return [];
  return [
    `bits per byte: ${old.toFixed(3)} before, ${now.toFixed(3)} after (${between(interval ?? null, 3)})`,
  ];
}
