import { command, preprocessing } from "./command-spec.js";
import { flag, folders, integer, nameList } from "./fields.js";

export const rank = command({
  name: "rank",
  summary: "which base suits labelled pictures best, by transferability scores; trains none of them",
  usage: "<data>",
  least: 1,
  most: 1,
  options: {
    bases: nameList(
      "what is ranked: names, file.onnx, folders, hf:org/name",
      "vision-mini,resnet18.onnx",
      "bundled and downloaded ones",
    ),
    samples: integer("training pictures that are scored", { min: 10, max: 20_000, otherwise: "1000" }),
    source: folders(
      "pictures that the bases were trained on, for the distances to yours",
      "FOLDER or BASE=FOLDER,...",
    ),
    noCache: flag("do not keep features on disk"),
    ...preprocessing,
  },
  examples: [
    "engraft rank ./flowers",
    "engraft rank ./flowers --bases vision-mini,resnet18.onnx",
    "engraft rank ./flowers --bases vision-mini --source ./photos",
  ],
});
