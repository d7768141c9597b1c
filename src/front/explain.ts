import { taskOfModel } from "../bases/model-folder.js";
import { withPixels } from "../bases/pixels.js";
import { EngraftError, stopIf } from "../core/errors.js";
import { explainMethods } from "../core/insights.js";
import { decodePixels } from "../data/index.js";
import { limeWeights, occlude } from "../explain/index.js";
import { openSession } from "../runtime/open.js";
import type { Runtime } from "../runtime/runtime.js";
import { answered, type ExplainOptions, type Explanation, placeOf, probabilities } from "./explanation.js";
import { greyOf, openGradCam, scorerOf } from "./insights/explained-pictures.js";
import { type Machine, openMachine } from "./machine.js";
import { graphOf } from "./model.js";
import { openFolder } from "./open-folder.js";
import type { TextOrPair } from "./texts/asked-texts.js";

/** Cells of LIME along a side. */
const limeSide = 8;

/**
 * Why a model answers what it answers, item by item.
 *
 * @param model a model folder of classes of pictures or texts, or the run folder around it
 * @param items pictures as paths, or texts; of a model of pairs [first, second]
 * @throws ModelError when the model cannot be explained so; OptionError for a class that it does not know; DataError for a
 * picture that cannot be read, a text that is empty, a pair where the model answers single texts, and the other way round
 * @example
 * for await (const { class: answer, map } of explain(run.model, ["rose.jpg"], { method: "occlusion" })) console.log(answer, map);
 */
export async function* explain(
  model: string,
  items: Iterable<TextOrPair> | AsyncIterable<TextOrPair>,
  options: ExplainOptions = {},
): AsyncGenerator<Explanation> {
  const machine = await openMachine();
  const { method } = options;
  if (method !== undefined && !explainMethods.includes(method))
    throw new EngraftError("OptionError", `method is ${JSON.stringify(method)}`, {
      help: `use one of ${explainMethods.join(", ")}`,
    });
  const task = await taskOfModel(machine.platform, model);
  if (task !== "image-classification" && task !== "text-classification")
    throw new EngraftError(
      "ModelError",
      `the model was trained for ${task}: it gives no classes to explain`,
      {
        at: model,
        help: "explain is for models of classes of pictures or texts",
      },
    );
  const runtime = await machine.openRuntime(options.threads ?? machine.platform.cores());
  try {
    const one =
      task === "text-classification"
        ? await (await import("./explain-texts.js")).explainerOfTexts(machine, runtime, model, options)
        : await ofPictures(machine, runtime, model, options);
    for await (const item of items) {
      stopIf(options.signal);
      yield await one(item);
    }
  } finally {
    await runtime.close();
  }
}

async function ofPictures(
  { platform }: Machine,
  runtime: Runtime,
  dir: string,
  options: ExplainOptions,
): Promise<(item: TextOrPair) => Promise<Explanation>> {
  const folder = await openFolder(platform, dir);
  const { classes, preprocessing } = folder;
  const asked = placeOf(classes, options);
  const graph = withPixels(graphOf(folder), preprocessing);
  const session = await openSession(runtime, graph, { label: `model "${folder.dir}"` });
  const score = scorerOf(session, preprocessing);
  const { method } = options;
  const cam =
    method === undefined || method === "grad-cam"
      ? await openGradCam(runtime, graph, preprocessing, classes.length).catch((error: unknown) => {
          if (method === "grad-cam") throw error;
          return undefined;
        })
      : undefined;
  const { signal, seed } = options;
  const { height, width } = preprocessing;
  return async (input) => {
    if (typeof input !== "string")
      throw new EngraftError("DataError", "a pair of texts is no picture", {
        help: "give paths: the model answers pictures",
      });
    const pixels = Uint8Array.from((await decodePixels(input, preprocessing, platform)).data);
    const { k, said } = answered(input, (await score(pixels, 1)).subarray(0, classes.length), classes, asked);
    if (cam) return { ...said, method: "grad-cam", map: await cam(pixels, k) };
    const stop = signal ? { signal } : {};
    if (method !== "lime") {
      const map = await occlude(score, pixels, preprocessing, k, { grey: greyOf(preprocessing), ...stop });
      return { ...said, method: "occlusion", map };
    }
    const [rows, columns] = [Math.min(limeSide, height), Math.min(limeSide, width)];
    const cellOf = (at: number): number => {
      const [y, x] = [Math.floor(at / width), at % width];
      return Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
    };
    const hidden = cellMeans(pixels, rows * columns, cellOf);
    const values = await limeWeights(
      async (shown) => {
        const all = new Uint8Array(shown.length * pixels.length);
        for (const [s, on] of shown.entries())
          for (let at = 0; at < height * width; at++) {
            const from = on[cellOf(at)] ? pixels.subarray(3 * at, 3 * at + 3) : hidden[cellOf(at)]!;
            all.set(from, s * pixels.length + 3 * at);
          }
        return probabilities(await score(all, shown.length), shown.length, k);
      },
      rows * columns,
      { ...(seed !== undefined && { seed }), ...stop },
    );
    return { ...said, method: "lime", map: { rows, columns, values: [...values] } };
  };
}

/** What hides a cell is its own mean colour. */
function cellMeans(pixels: Uint8Array, cells: number, cellOf: (at: number) => number): Uint8Array[] {
  const sums = new Float64Array(4 * cells);
  for (let at = 0; 3 * at < pixels.length; at++) {
    const cell = cellOf(at);
    for (const c of [0, 1, 2]) sums[4 * cell + c]! += pixels[3 * at + c]!;
    sums[4 * cell + 3]!++;
  }
  return Array.from({ length: cells }, (_, cell) =>
    Uint8Array.from([0, 1, 2], (c) => Math.round(sums[4 * cell + c]! / sums[4 * cell + 3]!)),
  );
}
