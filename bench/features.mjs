// Feature extraction (decode and forward at once) against what the cores could do at best:
// ceiling = cores ÷ (decode core-seconds + forward core-seconds of a picture). 0.9 is the aim.
import { availableParallelism } from "node:os";
import { inOwnProcess, median, peakMemory, print, readOptions, time } from "./measure.mjs";

const table = {
  data: { type: "string", default: "assets/demo", about: "folder of pictures" },
  base: { type: "string", default: "vision-mini", about: "base: name, folder or ONNX file" },
  mean: { type: "string", about: "for a file without preprocessor_config.json, e.g. 0.485,0.456,0.406" },
  std: { type: "string", about: "the same, e.g. 0.229,0.224,0.225" },
  "image-size": { type: "number", about: "height and width (default: the base's own)" },
  threads: { type: "number", default: availableParallelism(), about: "threads, and the cores that count" },
  pictures: { type: "number", default: 400, about: "how many pictures a measurement goes over" },
};

export async function main(args) {
  const options = readOptions(args, "features", table);
  const { decode_core_ms } = await inOwnProcess(import.meta.url, "measureDecode", options);
  const { forward_core_ms } = await inOwnProcess(import.meta.url, "measureForward", options);
  const extraction = await inOwnProcess(import.meta.url, "measureExtraction", options);
  const ceiling_per_second = (1000 * options.threads) / (decode_core_ms + forward_core_ms);
  print(
    {
      decode_core_ms,
      forward_core_ms,
      ceiling_per_second,
      ...extraction,
      ratio: extraction.pictures_per_second / ceiling_per_second,
      threads: options.threads,
    },
    options.json,
  );
}

async function open(options) {
  const { openBase } = await import("../dist/bases/open-base.js");
  const { bodyOf } = await import("../dist/bases/body.js");
  const { withPixels } = await import("../dist/bases/pixels.js");
  const { openImages } = await import("../dist/data/index.js");
  const { toOnnx } = await import("../dist/graph/to-onnx.js");
  const numbers = (text) => text?.split(",").map(Number);
  const base = await openBase(options.base, {
    ...(options.mean && { mean: numbers(options.mean) }),
    ...(options.std && { std: numbers(options.std) }),
    ...(options["image-size"] && { imageSize: options["image-size"] }),
  });
  const body = bodyOf(base.imported.graph, base.classes === undefined ? {} : { classes: base.classes });
  const { items: found } = await openImages(options.data);
  const items = Array.from({ length: options.pictures }, (_, i) => found[i % found.length]);
  const { preprocessing } = base;
  return { items, preprocessing, width: body.width, model: toOnnx(withPixels(body.graph, preprocessing)) };
}

/** Core-milliseconds (user and system, of all threads) to decode one picture to the base's size. */
export async function measureDecode(options) {
  const { batches } = await import("../dist/data/index.js");
  const { items, preprocessing } = await open(options);
  const round = async () => {
    const before = process.cpuUsage();
    for await (const _ of batches(items, { batchSize: 32, preprocessing }));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / items.length;
  };
  await round();
  return { decode_core_ms: median([await round(), await round(), await round()]) };
}

/** Core-milliseconds of the trunk for one picture: wall time of one thread. */
export async function measureForward(options) {
  const { nodeRuntime } = await import("../dist/runtime/ort-node.js");
  const { preprocessing, model } = await open(options);
  const runtime = await nodeRuntime({ threads: 1 });
  const session = await runtime.session(model);
  const { height, width } = preprocessing;
  const dims = [32, height, width, 3];
  const data = Uint8Array.from(
    { length: 32 * height * width * 3 },
    (_, i) => Math.imul(i, 2654435761) >>> 24,
  );
  const ms = await time(() => session.run({ [session.inputs[0].name]: { dtype: "uint8", dims, data } }));
  await runtime.close();
  return { forward_core_ms: ms / 32 };
}

/** Pictures a second through decoder and trunk, as a run extracts them; nothing is cached. */
export async function measureExtraction(options) {
  const { nodeRuntime } = await import("../dist/runtime/ort-node.js");
  const { extractFeatures } = await import("../dist/train/features.js");
  const { items, preprocessing, width, model } = await open(options);
  const runtime = await nodeRuntime({ threads: options.threads });
  const session = await runtime.session(model, { spinning: false });
  const ms = await time(
    () => extractFeatures(items, { session: async () => session, width, preprocessing }),
    {
      warm: 1,
      least: 3,
      seconds: 1,
    },
  );
  await runtime.close();
  return { pictures_per_second: (1000 * items.length) / ms, peak_rss_mb: peakMemory() };
}
