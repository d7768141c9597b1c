// The charts of a report as numbers: curves by epoch, by step and by learning rate.
import type { EpochEvent, ProgressEvent, RateFinderEvent } from "../../core/events/events.js";
import { metrics } from "../../core/results/metric.js";
import { type ReportData, type Stage, stagesOf, wordsOf } from "../report-data.js";
import { type Words, wordsIn } from "../words/index.js";
import type { KeptCurve } from "./kept-curve.js";
import { rate } from "./numbers.js";
import { formatOf } from "./score-format.js";

export interface Chart {
  /** One of a fixed set; never a name from outside. */
  readonly id: string;
  readonly title: string;
  /** Meaning of x, and which direction is better. */
  readonly note: string;
  readonly percent: boolean;
  /** True: values have three significant digits instead of three decimals. */
  readonly short?: true;
  readonly x: readonly number[];
  /** Name of an epoch in the legend, without `axis`. */
  readonly epoch?: string;
  readonly series: readonly Line[];
  /** The x of the epoch whose weights were kept, or of the rate that was chosen. */
  readonly best?: number;
  /** Default: epochs. */
  readonly axis?: {
    readonly label: string;
    readonly logarithmic: boolean;
    /** From 0 to 1, shown in percent. */
    readonly share?: true;
  };
}

interface Line {
  readonly label: string;
  /** Number of its colour. */
  readonly curve: number;
  readonly dashed: boolean;
  /** Lengths of dashes and gaps. Default: those of every dashed line. */
  readonly dash?: readonly number[];
  readonly y: readonly (number | null)[];
}

type ChartData = Pick<ReportData, "events" | "lang">;

const finite = (value: number | undefined): number | null => (Number.isFinite(value) ? value! : null);

/** Returns the name of the validation metric, as a column head. */
export function metricOf(stages: readonly Stage[], { metrics: { names } }: Words): string {
  const name = stages.flatMap((s) => s.epochs)[0]?.validation.metric.name ?? "accuracy";
  return names[name];
}

/** Returns the validation metric of an epoch. */
export const epochMetric = (e: EpochEvent): number => e.validation.metric.value;

/** Returns the validation metric as text: 84.2 %, or 0.842. */
export const writtenMetric = ({ validation: { metric } }: EpochEvent): string =>
  formatOf(metric.name).score(metric.value);

/** End of the name of a stage that repeats a training with another seed. */
const repeated = / seed \d+$/;

/**
 * Returns the trainings from scratch, one for each seed. A short trial of another learning rate is left out: its loss may be
 * so high that it hides the other curves.
 */
function fullTrainings(stages: readonly Stage[]): readonly Stage[] {
  const scratch = stages.filter((s) => s.scratch);
  const seedOf = ({ name }: Stage): string => name.replace(/^scratch \S+/, "");
  const longest = (stage: Stage): number =>
    Math.max(...scratch.filter((s) => seedOf(s) === seedOf(stage)).map((s) => s.epochs.length));
  return scratch.filter((s) => s.epochs.length === longest(s));
}

/** Curves of a run by epoch: those of its own training, and those of all others. */
interface EpochCurves {
  /** Its stages follow each other. */
  readonly own: readonly EpochEvent[];
  /** Other seeds, and the trainings from scratch. Each starts at epoch 1. */
  readonly others: readonly Stage[];
  /** The place of the dotted line. */
  readonly marked?: number;
  /** Label of the other training that was kept. */
  readonly keptOther?: string;
}

function curvesOf(stages: readonly Stage[], kept: KeptCurve | undefined): EpochCurves {
  const repeats = stages.filter((s) => !s.scratch && repeated.test(s.name));
  const own = stages.filter((s) => !s.scratch && !repeated.test(s.name)).flatMap((s) => s.epochs);
  const scratch = fullTrainings(stages);
  const first = kept?.training === "scratch" ? scratch.find((s) => !repeated.test(s.name)) : undefined;
  // While the run goes on, the best epoch of its own training so far.
  const { training, epoch }: KeptCurve = kept ?? { training: "own", epoch: "best" };
  const epochs = training === "own" ? own : (first?.epochs ?? []);
  const at = epoch === "best" ? epochs.findLastIndex((e) => e.best) : epochs.length - 1;
  return {
    own,
    others: [...repeats, ...scratch],
    ...(epoch && at >= 0 && { marked: at + 1 }),
    ...(first && { keptOther: first.name }),
  };
}

/** Which lines the epoch charts have: the sentences below the charts name them. */
export interface EpochLines {
  /** True if an epoch is marked. */
  readonly marked: boolean;
  /** "scratch": the dashed lines are trainings from scratch only. */
  readonly dashed: "none" | "scratch" | "others";
}

/** Returns which lines the charts by epoch have. @param kept missing while the run goes on */
export function epochLines(stages: readonly Stage[], kept?: KeptCurve): EpochLines {
  const { own, others, marked, keptOther } = curvesOf(stages, kept);
  const ownDashed = isCandidate(kept) && own.length > 0;
  const dashed = others.filter(({ name }) => name !== keptOther);
  const onlyScratch = !ownDashed && dashed.every((s) => s.scratch);
  return {
    marked: marked !== undefined,
    dashed: !ownDashed && dashed.length === 0 ? "none" : onlyScratch ? "scratch" : "others",
  };
}

/** True if the run kept another model than that of its own training. */
const isCandidate = (kept: KeptCurve | undefined): boolean => kept !== undefined && kept.training !== "own";

/**
 * Returns the charts by epoch. The curves of the kept model are solid, all others are dashed.
 * @param kept missing while the run goes on
 */
export function epochCharts(
  stages: readonly Stage[],
  words: Words = wordsIn("en"),
  kept?: KeptCurve,
): readonly Chart[] {
  const { charts: w } = words;
  if (stages.length === 0) return [];
  const { own, others: rest, marked, keptOther } = curvesOf(stages, kept);
  const length = Math.max(own.length, ...rest.map((s) => s.epochs.length));
  const x = Array.from({ length }, (_, i) => i + 1);
  const line = (epochs: readonly EpochEvent[], y: (e: EpochEvent) => number): (number | null)[] =>
    x.map((_, i) => (epochs[i] ? finite(y(epochs[i]!)) : null));
  const best = marked === undefined ? {} : { best: marked };
  const others = (y: (e: EpochEvent) => number): Chart["series"] =>
    rest.map(({ name: label, epochs }, k) => ({
      label,
      curve: 3 + (k % 2),
      dashed: label !== keptOther,
      y: line(epochs, y),
    }));
  const dashed = isCandidate(kept);
  const ours = (label: string, curve: number, y: (e: EpochEvent) => number): Chart["series"] =>
    own.length > 0 ? [{ label: dashed ? w.candidate(label) : label, curve, dashed, y: line(own, y) }] : [];
  const { name } = stages[0]!.epochs[0]!.validation.metric;
  const { better, scale } = metrics[name];
  const share = scale === "share";
  return [
    {
      id: "loss",
      title: w.loss,
      note: share ? w.lossNote : w.lossNoteNumbers,
      percent: false,
      epoch: w.epoch,
      x,
      ...best,
      series: [
        ...ours(w.train, 2, (e) => e.train_loss),
        ...ours(w.validation, 1, (e) => e.validation_loss),
        ...others((e) => e.validation_loss),
      ],
    },
    {
      id: "accuracy",
      title: words.metrics.titles[name],
      note: better === "higher" ? w.accuracyNote : w.lossNoteNumbers,
      percent: share,
      epoch: w.epoch,
      x,
      ...best,
      series: [...ours(w.validation, 1, epochMetric), ...others(epochMetric)],
    },
  ];
}

/** Returns a chart for each learning-rate finder. */
export function sweepCharts(data: ChartData): readonly Chart[] {
  const { charts: w } = wordsOf(data);
  const sweeps = new Map<string, RateFinderEvent>();
  for (const event of data.events) if (event.event === "rate_finder") sweeps.set(event.stage, event);
  return [...sweeps.values()].map(({ stage, suggested, rates, losses }, i) => ({
    id: `rate-${i}`,
    title: w.finder(stage),
    note: w.finderNote(rate(suggested)),
    percent: false,
    x: rates,
    best: suggested,
    axis: { label: w.rate, logarithmic: true },
    series: [{ label: w.smoothed, curve: 2, dashed: false, y: losses.map(finite) }],
  }));
}

/** Most points of a chart. */
const mostPoints = 1000;

/** Returns the steps of the run, stage after stage. Steps that were repeated after a resume count once. */
function stepsOf(data: ChartData): readonly { readonly x: number; readonly step: ProgressEvent }[] {
  const stages = new Map<string, ProgressEvent[]>();
  for (const event of data.events) {
    if (event.event !== "progress" || event.phase !== "training" || event.unit !== "steps") continue;
    const name = event.stage ?? "";
    const known = stages.get(name) ?? [];
    while (known.length > 0 && known.at(-1)!.done >= event.done) known.pop();
    known.push(event);
    stages.set(name, known);
  }
  let before = 0;
  const all = [...stages.values()].flatMap((events) => {
    const points = events.map((step) => ({ x: before + step.done, step }));
    before += Math.max(0, events.at(-1)!.done);
    return points;
  });
  const every = Math.ceil(all.length / mostPoints);
  return all.filter((_, i) => i % every === 0 || i === all.length - 1);
}

/** Returns the charts by step: loss and its terms, learning rate, throughput, memory; none with fewer than three steps. */
export function stepCharts(data: ChartData): readonly Chart[] {
  const steps = stepsOf(data);
  if (steps.length < 3) return [];
  const { charts: w } = wordsOf(data);
  const x = steps.map((s) => s.x);
  const line = (label: string, curve: number, y: (e: ProgressEvent) => number | undefined): Line => ({
    label,
    curve,
    dashed: curve > 2,
    y: steps.map(({ step }) => finite(y(step))),
  });
  const terms = [...new Set(steps.flatMap(({ step }) => Object.keys(step.terms ?? {})))].slice(0, 6);
  const items = steps.at(-1)!.step.items ?? "items";
  const chart = (id: string, title: string, note: string, series: readonly Line[]): Chart => ({
    id,
    title,
    note,
    percent: false,
    short: true,
    x,
    axis: { label: w.step, logarithmic: false },
    series,
  });
  const all = [
    chart("step-loss", w.trainingLoss, w.trainingLossNote, [
      line(w.lossLine, 2, (e) => e.loss),
      ...terms.map((term, i) => line(w.lossTerms[term] ?? term, 3 + (i % 2), (e) => e.terms?.[term])),
    ]),
    chart("step-rate", w.learningRate, w.learningRateNote, [line(w.rate, 1, (e) => e.rate)]),
    chart("step-speed", w.throughput, w.throughputNote(items), [line(w.aSecond, 1, (e) => e.per_second)]),
    chart("step-memory", w.memory, w.memoryNote, [line("MB", 1, (e) => e.rss_mb)]),
  ];
  return all.filter(({ series }) => series.some(({ y }) => y.some((v) => v !== null)));
}

/** Returns all charts of a run. @param kept missing while the run goes on */
export function chartsOf(data: ChartData, kept?: Parameters<typeof epochCharts>[2]): readonly Chart[] {
  return [...epochCharts(stagesOf(data), wordsOf(data), kept), ...sweepCharts(data), ...stepCharts(data)];
}
