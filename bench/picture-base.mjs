// A base of pictures that a benchmark is given by its options.
import { bodyOf } from "../dist/bases/body.js";
import { openBase } from "../dist/bases/open/open-base.js";

export const pictureOptions = {
  data: { type: "string", default: "assets/demo", about: "folder of pictures" },
  base: { type: "string", default: "vision-mini", about: "base: name, folder or ONNX file" },
  mean: { type: "string", about: "for a file without preprocessor_config.json, e.g. 0.485,0.456,0.406" },
  std: { type: "string", about: "the same, e.g. 0.229,0.224,0.225" },
  "image-size": { type: "number", about: "height and width (default: the base's own)" },
};

/** Opens the base of {@link pictureOptions}. @returns its network up to the features, and its preprocessing */
export async function openPictureBase(options) {
  const numbers = (text) => text?.split(",").map(Number);
  const base = await openBase(options.base, {
    ...(options.mean && { mean: numbers(options.mean) }),
    ...(options.std && { std: numbers(options.std) }),
    ...(options["image-size"] && { imageSize: options["image-size"] }),
  });
  const { classes, imported, preprocessing } = base;
  return { body: bodyOf(imported.graph, classes === undefined ? {} : { classes }), preprocessing };
}
