import { EngraftError, stopIf } from "../../core/errors.js";
import { permutation } from "../../core/random.js";
import type { SourceDiagnosis, WorthOfLayers } from "../../core/results/diagnosis.js";
import { wholeOf } from "../../core/results/rows.js";
import { openImages } from "../../data/images/open-images.js";
import { arePictures } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { worthOf } from "../../evidence/diagnose-layers.js";
import { diagnoseClasses, withSentences } from "../../evidence/diagnose-source.js";
import { standardisation, standardise } from "../../linalg/standardise.js";
import { kliep } from "../../methods/adapt/index.js";
import { logisticProblem } from "../../methods/probe/logistic-regression.js";
import type { Unrecorded } from "../../run/context.js";
import { openTrunk } from "../../run/setup.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf } from "../../run/training/planned.js";

/** Most samples of the source, and of the data. KLIEP compares each with a hundred centres. */
const most = 2000;
/** Inverse regularisation, scikit-learn's C, as in the cross-validated probe of `rank`. */
const strength = 0.01;

/**
 * Measures which classes of a labelled source are near the data, and which help.
 *
 * Nearness is the mean importance weight (KLIEP) of a class in the base's features. For a class that the data also have, a probe
 * with its source samples is compared with one without them, on the validation split.
 * @throws DataError for a source that is unlabelled or unreadable
 */
export async function diagnoseSource(
  path: string,
  context: OfClasses<Unrecorded>,
  margin: number,
): Promise<SourceDiagnosis> {
  const { dataset, opened, machine, options, onEvent, inputs } = context;
  const { signal, seed = 0 } = options;
  if (!arePictures(inputs))
    throw new EngraftError("OptionError", "--source is of pictures, and the data are texts", {
      help: "leave --source out",
    });
  const source = await openImages(path, { seed, platform: machine.platform, onEvent, signal });
  const chosen = permutation(source.items.length, seed, "source")
    .slice(0, most)
    .map((i) => source.items[i]!);
  const train = itemsOf(context, "train").slice(0, most);
  const held = itemsOf(context, "validation");
  const trunk = await openTrunk(opened, machine.runtime, machine.platform, { ...options, onEvent }, inputs);
  const rowsOf = async (items: typeof chosen): Promise<Float32Array> => {
    const table = await trunk.features(items, { onEvent, signal });
    const rows = Float32Array.from(wholeOf(table));
    table.close();
    return rows;
  };
  let rows: FeatureRows;
  try {
    rows = { source: await rowsOf(chosen), train: await rowsOf(train), held: await rowsOf(held) };
  } finally {
    await trunk.close();
  }
  const { width } = opened.body;
  const { weights, effective } = kliep(rows.source, rows.train, width, { seed });
  const labels = Int32Array.from(chosen, ({ label }) => label);
  // Index of each source class among the classes of the data, or -1.
  const classIndices = source.classes.map((name) => dataset.classes.indexOf(name));
  const shared = source.classes.filter((_, c) => classIndices[c]! >= 0 && labels.includes(c));
  const correctWithout = (without?: number): boolean[] => {
    stopIf(signal);
    const taken = [...chosen.keys()].filter((i) => classIndices[labels[i]!]! >= 0 && labels[i] !== without);
    return probeWith(taken, {
      rows,
      width,
      classes: dataset.classes.length,
      train: train.map(({ label }) => label),
      source: taken.map((i) => classIndices[labels[i]!]!),
      held: held.map(({ label }) => label),
    });
  };
  const groupOf = groupsOfItems(held);
  const worth = new Map<string, WorthOfLayers>();
  if (shared.length > 0) {
    const all = [correctWithout()];
    // A probe is solved exactly, so repeats with other seeds are not needed.
    const found = worthOf(
      shared.map((name) => [all, [correctWithout(source.classes.indexOf(name))]] as const),
      margin,
      { of: "models", groupOf },
    );
    shared.forEach((name, i) => {
      worth.set(name, found[i]!);
    });
  }
  return withSentences({
    data: machine.platform.files.resolve(path),
    n: chosen.length,
    effective,
    classes: diagnoseClasses({ classes: source.classes, labels, weights, worth }),
  });
}

/** Features of source, training split and validation split, row-major. */
interface FeatureRows {
  readonly source: Float32Array;
  readonly train: Float32Array;
  readonly held: Float32Array;
}

/** Trains a linear probe on the training split and `taken` source samples. Returns its correctness on each validation sample. */
function probeWith(
  taken: readonly number[],
  of: {
    readonly rows: FeatureRows;
    readonly width: number;
    readonly classes: number;
    /** Labels of the training split, of the taken source samples, and of the validation split. */
    readonly train: readonly number[];
    readonly source: readonly number[];
    readonly held: readonly number[];
  },
): boolean[] {
  const { rows, width, train, held } = of;
  const x = new Float32Array((train.length + taken.length) * width);
  x.set(rows.train);
  taken.forEach((i, at) => {
    x.set(rows.source.subarray(i * width, (i + 1) * width), (train.length + at) * width);
  });
  const y = Int32Array.from([...train, ...of.source]);
  const scaling = standardisation(x, y.length, width);
  const problem = logisticProblem(x, y, of.classes, "single", scaling);
  const { weight, bias } = problem.solve({ strength });
  problem.close();
  const scaled = standardise(rows.held, held.length, scaling);
  return held.map((label, i) => {
    let [best, highest] = [0, Number.NEGATIVE_INFINITY];
    for (let c = 0; c < bias.length; c++) {
      let s = bias[c]!;
      for (let t = 0; t < width; t++) s += weight[c * width + t]! * scaled[i * width + t]!;
      if (s > highest) [best, highest] = [c, s];
    }
    return best === label;
  });
}
