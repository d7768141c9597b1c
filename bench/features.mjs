// Feature extraction (decode and forward in parallel) against the best that the cores allow:
// ceiling = cores ÷ (decode core-seconds + forward core-seconds per image). The aim is 0.9.
import { availableParallelism } from "node:os";
import { withPixels } from "../dist/bases/pixels.js";
import { openImages } from "../dist/data/images/open-images.js";
import { batches, pictureInputs } from "../dist/data/index.js";
import { toOnnx } from "../dist/graph/to-onnx.js";
import { nodePlatform } from "../dist/platform/node.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import { extractFeatures } from "../dist/train/features.js";
import { inNewProcess, median, once, peakMemory, print, time } from "./measure.mjs";
import { openPictureBase, pictureOptions } from "./picture-base.mjs";

const options = {
  ...pictureOptions,
  threads: { type: "number", default: availableParallelism(), about: "threads, and the cores that count" },
  pictures: { type: "number", default: 960, about: "how many pictures a round goes over" },
  rounds: { type: "number", default: 5, about: "rounds, of which the medians are printed" },
};

export const bench = {
  about: "feature extraction against cores ÷ (decode + forward core-seconds)",
  needs: [],
  options,
  smallest: { pictures: 32, rounds: 1 },
};

export async function main(options) {
  print(await inNewProcess(import.meta.url, measure, options), options.json);
}

async function open(options) {
  const { body, preprocessing } = await openPictureBase(options);
  const { items: found } = await openImages(options.data);
  const items = Array.from({ length: options.pictures }, (_, i) => found[i % found.length]);
  return { items, preprocessing, width: body.width, model: toOnnx(withPixels(body.graph, preprocessing)) };
}

/**
 * Measures decoder, backbone and both together in turns, so that a slowing machine affects all three; the ratio is the
 * median over the rounds. The backbone's core-milliseconds are the wall time of one thread.
 */
export async function measure(options) {
  const { items, preprocessing, width, model } = await open(options);
  const one = await nodeRuntime({ threads: 1 });
  const alone = await one.session(model);
  const all = await nodeRuntime({ threads: options.threads });
  // Opened as in a run.
  const session = await all.session(model, { spinning: false });

  /** User and system time of all threads per image. */
  const decode = async () => {
    const before = process.cpuUsage();
    for await (const _ of batches(items, { batchSize: 32, preprocessing }));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / items.length;
  };
  const dims = [32, preprocessing.height, preprocessing.width, 3];
  const data = Uint8Array.from(
    { length: dims.reduce((a, b) => a * b) },
    (_, i) => Math.imul(i, 2654435761) >>> 24,
  );
  const forward = async () => {
    const call = () => alone.run({ [alone.inputs[0].name]: { dtype: "uint8", dims, data } });
    return (await time(call, options.smallest ? once : { warm: 1, least: 3, seconds: 1 })) / 32;
  };
  const extract = async () => {
    const start = performance.now();
    await extractFeatures(items, {
      session: async () => session,
      width,
      inputs: pictureInputs(nodePlatform, preprocessing, 0),
    });
    return (1000 * items.length) / (performance.now() - start);
  };
  await decode();
  await extract();
  const seen = { decode_core_ms: [], forward_core_ms: [], pictures_per_second: [], ratio: [] };
  for (let i = 0; i < options.rounds; i++) {
    const [decoded, forwarded, extracted] = [await decode(), await forward(), await extract()];
    seen.decode_core_ms.push(decoded);
    seen.forward_core_ms.push(forwarded);
    seen.pictures_per_second.push(extracted);
    seen.ratio.push((extracted * (decoded + forwarded)) / (1000 * options.threads));
  }
  await one.close();
  await all.close();
  return {
    ...Object.fromEntries(Object.entries(seen).map(([name, values]) => [name, median(values)])),
    ratio_lowest: Math.min(...seen.ratio),
    ratio_highest: Math.max(...seen.ratio),
    threads: options.threads,
    peak_rss_mb: peakMemory(),
  };
}
