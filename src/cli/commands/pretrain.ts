import { EngraftError } from "../../core/errors.js";
import { pretrain as pretrainModel, resumePretrain } from "../../regimes/language-modelling/pretrain.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { refuseOtherOptions } from "../options/refuse-other-options.js";
import { renderPretrainResult } from "../render/render-pretrain.js";
import { resumable } from "../resumable.js";

/** `engraft pretrain <texts>`, or `engraft pretrain --resume DIR`. */
export const pretrain: Command<OptionsOf<"pretrain">> = async (args, options, { output, signal }) => {
  const [texts] = args;
  const { json: _json, quiet: _quiet, help: _help, resume, ...given } = options;
  if (resume !== undefined) {
    refuseOtherOptions("pretrain", args, options, "run", ["threads", "device"]);
    const { threads, device } = options;
    const result = await resumable("pretrain", output.onEvent, (onEvent) =>
      resumePretrain(resume, {
        onEvent,
        signal,
        ...(threads !== undefined && { threads }),
        ...(device !== undefined && { device }),
      }),
    );
    output.result({ ...result }, renderPretrainResult(result));
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
