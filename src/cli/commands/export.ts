import { type Exported, exportModel as write } from "../../inference/export-model.js";
import { givesFeatures } from "../../report/cards/base-card.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatBytes } from "../render/render.js";

/** `engraft export <model|adapter|base> --out DIR` */
export const exportModel: Command<OptionsOf<"export">> = async ([model = ""], options, { output }) => {
  const { out = "", weights, base, threads, calibrate, imageSize, mean, std, rescale, channels } = options;
  const exported = await write(model, {
    out,
    ...(weights !== undefined && { weights }),
    ...(base !== undefined && { base }),
    ...(calibrate !== undefined && { calibrate }),
    ...(threads !== undefined && { threads }),
    ...(imageSize !== undefined && { imageSize }),
    ...(mean !== undefined && { mean }),
    ...(std !== undefined && { std }),
    ...(rescale !== undefined && { rescale }),
    ...(channels !== undefined && { channels }),
  });
  output.result({ ...exported }, lines(exported));
};

function lines({ model, file, bytes, sha256, base, adapter, temperature }: Exported): string[] {
  return [
    ...labelled("model", model, `${file}, ${formatBytes(bytes)}`, `sha256 ${sha256}`),
    ...(base ? baseLines(base) : []),
    ...(temperature === undefined
      ? []
      : labelled("calibrated", `the model divides its scores by ${temperature.toPrecision(4)}`)),
    ...(adapter
      ? labelled(
          "merged",
          `${adapter.strategy} into ${adapter.base.name}: scores differ by ${adapter.difference.toExponential(1)} at most from the two side by side`,
        )
      : []),
  ];
}

/** Returns the lines on a base that was exported as it is. */
function baseLines({ name, format = "ONNX", license, task, notes }: NonNullable<Exported["base"]>): string[] {
  return [
    ...labelled("base", `${name} (${format}), licence ${license}`, ...notes),
    ...labelled(
      "outputs",
      givesFeatures(task) ? "features: the base has no classifier" : "logits: raw scores of its own classes",
    ),
  ];
}
