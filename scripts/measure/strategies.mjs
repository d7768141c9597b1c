// Measures every strategy of the registry on four small image sets, with several draws: rows for the section
// "Strategies compared".
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compare, resumeComparison, strategies } from "../../dist/index.js";
import { realBases } from "./bases.mjs";
import { listOf } from "./subsets.mjs";

/** Images per class for training and validation, so that a run takes less than a minute on two idle cores. */
const two = { train: 20, validation: 20 };
const ten = { train: 20, validation: 5 };
/** At 224 × 224 a step takes five times as long. */
const fewOfTen = { train: 10, validation: 5 };
/**
 * Strategies that keep to the pretrained weights, on very few images and more draws, where ordinary fine-tuning
 * forgets.
 */
const keeping = ["finetune", "l2-sp", "l2-sp:alpha=10", "delta", "bss", "co-tuning", "lora"];
/**
 * Draws this small differ by several points, and strategies by one: many draws, and all test images. The strength of 10
 * was chosen on draws 20 to 27 of photographs.
 */
const photographs = { of: "cifar10_subset", train: 5, validation: 5, most: 2000 };

/** All measurements, the cheap base first. Strategies as in `engraft compare`. */
export function plan(folder) {
  const { "mobilenetv2-0.35": mobilenet } = realBases(folder);
  return [
    {
      base: "vision-mini",
      options: { base: "vision-mini" },
      sets: { hymenoptera: two, catdog: two, cifar10_subset: ten, mnist_m: ten },
    },
    {
      base: "mobilenetv2-0.35",
      options: mobilenet,
      sets: { hymenoptera: two, catdog: two, cifar10_subset: fewOfTen, mnist_m: fewOfTen },
    },
    {
      base: "vision-mini",
      options: { base: "vision-mini" },
      sets: { "mnist_m-5": { of: "mnist_m", train: 5, validation: 5 } },
      strategies: [...keeping, "full", "discriminative"],
      draws: 10,
    },
    {
      base: "vision-mini",
      options: { base: "vision-mini" },
      sets: { "cifar10_subset-5": photographs },
      strategies: keeping,
      draws: 10,
    },
    {
      base: "vision-mini",
      options: { base: "vision-mini" },
      sets: { "cifar10_subset-5": photographs },
      strategies: ["finetune", "l2-sp", "l2-sp:alpha=10"],
      draws: 20,
    },
  ];
}

/** Rows of docs/strategies.json, one per training. */
export function readRows(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
}

function writeRows(file, rows) {
  const half = `${file}.tmp`;
  writeFileSync(half, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
  renameSync(half, file);
}

/**
 * Measures what is missing, draw by draw; each row is written when its training ends. It resumes after a kill.
 *
 * @param cache folder of lists, images and runs
 * @param file of the rows
 * @param onRow called after each, with all rows
 */
export async function measureStrategies({ folder, cache, file, only, seeds, threads, names, onRow }) {
  // A pair of images costs two: setfit is measured on texts, whose few labels it suits.
  const pictures = Object.keys(strategies).filter((name) => name !== "auto" && name !== "setfit");
  const rows = readRows(file);
  for (const { base, options, sets, strategies: few = pictures, draws = 3 } of plan(folder)) {
    const wanted = few.filter((name) => names?.includes(name) ?? true);
    for (const set of Object.keys(sets)) {
      if (!`${base}/${set}`.includes(only)) continue;
      const { of = set, ...sizes } = sets[set];
      for (const seed of seeds ?? Array.from({ length: draws }, (_, i) => i)) {
        const missing = wanted.filter(
          (name) =>
            !rows.some((r) => r.base === base && r.set === set && r.seed === seed && r.strategy === name),
        );
        if (missing.length === 0) continue;
        const out = join(cache, "compared", base, set, `seed-${seed}`);
        const onEvent = (event) => {
          if (event.event !== "run" || event.state === "started" || !wanted.includes(event.label)) return;
          if (event.state === "failed") {
            console.error(`${base}/${set}, seed ${seed}, ${event.label}: ${event.error.message}`);
            if (!refusals.includes(event.error.kind)) return;
          }
          const row = event.state === "failed" ? refused(base, set, event) : rowOf(base, set, event);
          const old = rows.findIndex(
            (r) => r.base === base && r.set === set && r.seed === seed && r.strategy === row.strategy,
          );
          if (old >= 0) rows[old] = row;
          else rows.push(row);
          writeRows(file, rows);
          const { right: _right, ...told } = row;
          if (event.state === "done") console.log(JSON.stringify(told));
          onRow?.(rows);
        };
        // A draw is a separate dataset, so each is a separate comparison with one seed.
        if (existsSync(join(out, "comparison.json")))
          await resumeComparison(out, { strategies: missing, onEvent });
        else {
          mkdirSync(join(cache, "compared", base, set), { recursive: true });
          const list = await listOf(folder, cache, of, { seed, ...sizes });
          await compare(list, {
            ...options,
            strategies: missing,
            seeds: 1,
            seed,
            ...(threads && { threads }),
            out,
            onEvent,
          });
        }
      }
    }
  }
  return rows;
}

/** Permanent errors: the base cannot be trained with this strategy. */
const refusals = ["ModelError", "OptionError", "OperatorError"];

/** A row without numbers. */
function refused(base, set, { label, seed, error }) {
  return { base, set, seed, strategy: label, refused: error.message };
}

/** Returns the row of a run. */
function rowOf(base, set, { run, label, seed, model_bytes, adapter_bytes }) {
  const { result } = JSON.parse(readFileSync(join(run, "run.json"), "utf8"));
  const round = (x, digits) => Number(x.toFixed(digits));
  return {
    base,
    set,
    seed,
    strategy: label,
    train: result.split.train,
    n: result.test.n,
    accuracy: round(result.test.accuracy, 6),
    macro_f1: round(result.test.macro_f1, 6),
    loss: round(result.test.loss, 6),
    validation: {
      n: result.validation.n,
      accuracy: round(result.validation.accuracy, 6),
      loss: round(result.validation.loss, 6),
    },
    seconds: {
      total: round(result.seconds.total, 2),
      features: round(result.seconds.features, 2),
      training: round(result.seconds.training, 2),
    },
    peak_rss_mb: result.peak_rss_mb,
    model_bytes,
    ...(adapter_bytes !== undefined && { adapter_bytes }),
    trainable: result.trainable,
    epochs: result.epochs,
    best_epoch: result.best_epoch,
    right: result.test.scores.values.join(""),
  };
}
