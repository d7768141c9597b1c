import { command, preprocessing } from "./command-spec.js";
import { flag, flagsOf, folders, integer, nameList } from "./fields.js";

export const rank = command({
  name: "rank",
  group: "train",
  summary: "rank bases for your pictures by transferability, without training",
  usage: "<data>",
  least: 1,
  most: 1,
  options: {
    bases: nameList(
      "bases to rank: names, file.onnx, folders, hf:org/name",
      "vision-open,resnet18.onnx",
      "all bundled and downloaded bases",
    ),
    samples: integer("training pictures to use", { min: 10, max: 20_000, otherwise: "1000" }),
    source: folders(
      "pictures that the bases were trained on, to measure distances",
      "FOLDER or BASE=FOLDER,...",
    ),
    noCache: flag("do not cache features on disk"),
    ...flagsOf("device"),
    ...preprocessing,
  },
  examples: [
    "engraft rank ./flowers",
    "engraft rank ./flowers --bases vision-open,resnet18.onnx",
    "engraft rank ./flowers --bases vision-open --source ./photos",
  ],
});
