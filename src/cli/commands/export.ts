import { type Exported, exportModel as write } from "../../inference/export-model.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatBytes } from "../render/render.js";

/** `engraft export <model|adapter> --out DIR` */
export const exportModel: Command<OptionsOf<"export">> = async ([model = ""], options, { output }) => {
  const { out = "", weights, base, threads, calibrate } = options;
  const exported = await write(model, {
    out,
    ...(weights !== undefined && { weights }),
    ...(base !== undefined && { base }),
    ...(calibrate !== undefined && { calibrate }),
    ...(threads !== undefined && { threads }),
  });
  output.result({ ...exported }, lines(exported));
};

function lines({ model, file, bytes, sha256, adapter, temperature }: Exported): string[] {
  return [
    ...labelled("model", model, `${file}, ${formatBytes(bytes)}`, `sha256 ${sha256}`),
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
