import { EngraftError, stopIf } from "../../core/errors.js";
import { permutation } from "../../core/random.js";
import type { SourceDiagnosis, WorthOfLayers } from "../../core/results/diagnosis.js";
import { wholeOf } from "../../core/results/rows.js";
import { openImages } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { worthOf } from "../../evidence/diagnose-layers.js";
import { diagnoseClasses, sourceWords } from "../../evidence/diagnose-source.js";
import { standardisation, standardise } from "../../linalg/standardise.js";
import { kliep } from "../../methods/adapt/index.js";
import { logisticProblem } from "../../methods/probe/logistic-regression.js";
import type { Unrecorded } from "../../run/context.js";
import { openTrunk } from "../../run/setup.js";
import { itemsOf } from "../../run/training/planned.js";

/** Examples of the source, and of the data, that are looked at: KLIEP compares all with a hundred centres. */
const most = 2000;
/** scikit-learn's C, as in the probe that `rank` cross-validates. */
const strength = 0.01;

/**
 * Which classes of a labelled source are near the data, by the importance weights of their examples in the base's features (KLIEP);
 * and, of classes that the data have too, whether a probe that learns from their source examples as well is better or worse on
 * the validation part than one that does without them.
 * @throws DataError for a source without labels, or that cannot be read
 */
export async function diagnoseSource(
  path: string,
  context: Unrecorded,
  margin: number,
): Promise<SourceDiagnosis> {
  const { dataset, opened, runtime, platform, options, onEvent, inputs } = context;
  const { signal, seed = 0 } = options;
  if (inputs)
    throw new EngraftError("OptionError", "--source is of pictures, and the data are texts", {
      help: "leave --source out",
    });
  const source = await openImages(path, { seed, platform, onEvent, ...(signal && { signal }) });
  const chosen = permutation(source.items.length, seed, "source")
    .slice(0, most)
    .map((i) => source.items[i]!);
  const train = itemsOf(context, "train").slice(0, most);
  const held = itemsOf(context, "validation");
  const trunk = await openTrunk(opened, runtime, platform, { ...options, onEvent }, inputs);
  const rowsOf = async (items: typeof chosen): Promise<Float32Array> => {
    const table = await trunk.features(items, { onEvent, ...(signal && { signal }) });
    const rows = Float32Array.from(wholeOf(table));
    table.close();
    return rows;
  };
  let rows: { readonly source: Float32Array; readonly train: Float32Array; readonly held: Float32Array };
  try {
    rows = { source: await rowsOf(chosen), train: await rowsOf(train), held: await rowsOf(held) };
  } finally {
    await trunk.close();
  }
  const { width } = opened.body;
  const { weights, effective } = kliep(rows.source, rows.train, width, { seed });
  const labels = Int32Array.from(chosen, ({ label }) => label);
  // Where a class of the source is one of the data's.
  const same = source.classes.map((name) => dataset.classes.indexOf(name));
  const shared = source.classes.filter((_, c) => same[c]! >= 0 && labels.includes(c));
  const right = (without: number | undefined): boolean[] => {
    stopIf(signal);
    const taken = [...chosen.keys()].filter((i) => same[labels[i]!]! >= 0 && labels[i] !== without);
    const x = new Float32Array((train.length + taken.length) * width);
    x.set(rows.train);
    taken.forEach((i, at) => {
      x.set(rows.source.subarray(i * width, (i + 1) * width), (train.length + at) * width);
    });
    const y = Int32Array.from([...train.map(({ label }) => label), ...taken.map((i) => same[labels[i]!]!)]);
    const scaling = standardisation(x, y.length, width);
    const problem = logisticProblem(x, y, dataset.classes.length, "single", scaling);
    const { weight, bias } = problem.solve({ strength });
    problem.close();
    const judged = standardise(rows.held, held.length, scaling);
    return held.map(({ label }, i) => {
      let [best, highest] = [0, Number.NEGATIVE_INFINITY];
      for (let c = 0; c < bias.length; c++) {
        let s = bias[c]!;
        for (let t = 0; t < width; t++) s += weight[c * width + t]! * judged[i * width + t]!;
        if (s > highest) [best, highest] = [c, s];
      }
      return best === label;
    });
  };
  const groupOf = groupsOfItems(held);
  const worth = new Map<string, WorthOfLayers>();
  if (shared.length > 0) {
    const all = [right(undefined)];
    // A probe is solved: there is no luck of a training in it.
    const found = worthOf(
      shared.map((name) => [all, [right(source.classes.indexOf(name))]] as const),
      margin,
      { of: "models", ...(groupOf && { groupOf }) },
    );
    shared.forEach((name, i) => {
      worth.set(name, found[i]!);
    });
  }
  const classes = diagnoseClasses({ classes: source.classes, labels, weights, worth });
  return {
    data: platform.files.resolve(path),
    n: chosen.length,
    effective,
    classes,
    words: sourceWords(classes, chosen.length, effective),
  };
}
