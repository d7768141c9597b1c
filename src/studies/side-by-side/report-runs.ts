import { EngraftError } from "../../core/errors.js";
import { inEnglish, type Message, message } from "../../core/messages/message.js";
import { choosingScore, lossOrWorst, scoreOrWorst } from "../../core/results/metric.js";
import type { Scored } from "../../core/results/scored.js";
import type { RunsReport, SideRun } from "../../core/results/side-by-side.js";
import { factsOf, isCustomTask } from "../../core/results/task.js";
import { compareModels } from "../../evidence/index.js";
import type { Platform } from "../../platform/platform.js";
import type { Lang } from "../../report/words/langs.js";
import { openMachine } from "../../run/machine.js";
import { hideUserFolders } from "../../run/report/keep-report.js";
import { pageAt, requireLang } from "../../run/report/run-report.js";
import { type ReadSideRun, readSideRun } from "./read-side-run.js";

/** Options of `reportRuns`. */
export interface ReportRunsOptions {
  /** Path of the page; an earlier page is overwritten, and no other file. Default: a new file `runs/DATE-compared.html`. */
  readonly out?: string;
  /** Reference run: the first one given, or the best by validation. Default "first". */
  readonly against?: "first" | "best";
  /** Margin of accuracy or R²: a difference within ± this value counts as none. Default 0.01. */
  readonly margin?: number;
  /** Language of the page's own sentences. Default "en". */
  readonly lang?: Lang;
}

/** Most runs on one page. */
const mostRuns = 24;

/**
 * Writes a page that compares several runs of `train`: data, base, strategy, seed, test score with interval, time, memory, size,
 * curves, and different options.
 *
 * Runs with the same test items are compared in pairs of predictions. For others, the page gives the reason why not. An unfinished
 * run appears with its results so far.
 *
 * @throws OptionError for fewer than two runs, a repeated run, or runs of different tasks; RunError for a folder without a run
 * @example
 * const { report, runs } = await reportRuns(["runs/a", "runs/b"], { out: "compared.html" });
 */
export async function reportRuns(
  paths: readonly string[],
  options: ReportRunsOptions = {},
): Promise<RunsReport> {
  const { against = "first", margin = 0.01, lang } = options;
  requireLang(lang);
  if (against !== "first" && against !== "best")
    throw new EngraftError("OptionError", `against is ${JSON.stringify(against)}`, {
      help: "use first or best",
    });
  if (paths.length < 2 || paths.length > mostRuns)
    throw new EngraftError(
      "OptionError",
      `2 to ${mostRuns} runs can be set side by side, got ${paths.length}`,
      { help: "one run has a page of its own: engraft report RUN" },
    );
  const machine = await openMachine();
  const { platform } = machine;
  await refuseTwice(platform, paths);
  const read: ReadSideRun[] = [];
  for (const path of paths) read.push(await readSideRun(platform, path));
  const learns = sameTask(read, paths);
  const sides = compareRuns(read, labelsOf(read), against, margin);
  const report = await pageFor(platform, options.out);
  const done = sides.runs.find(({ test }) => test);
  const notes = notesOf(sides.runs, read);
  const result: RunsReport = {
    event: "result",
    task: "report",
    report,
    learns,
    metric: done?.test?.name ?? (isCustomTask(learns) ? "accuracy" : factsOf(learns).metric),
    ...sides,
    differing: optionDifferences(read),
    notes: notes.map((one) => inEnglish([one])),
    note_messages: notes,
  };
  const { renderSideBySide } = await import("../../report/studies/side-by-side-sheet.js");
  const page = renderSideBySide(result, await machine.reportAssets(), lang);
  const named = sides.runs.map(({ run, data, command }) => [run, data, command]);
  await platform.files.writeAtomic(report, hideUserFolders(machine, page, named));
  return result;
}

/** Checks the paths. @throws OptionError if two paths are the same folder */
async function refuseTwice({ files }: Platform, paths: readonly string[]): Promise<void> {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const full = files.resolve(path);
    const real = (await files.stat(full)) ? await files.realPath(full) : full;
    const before = seen.get(real);
    if (before !== undefined)
      throw new EngraftError(
        "OptionError",
        before === path ? `"${path}" is named twice` : `"${before}" and "${path}" are one and the same run`,
        { help: "name each run once" },
      );
    seen.set(real, path);
  }
}

/** Returns the task of all runs. @throws OptionError for runs of different tasks */
function sameTask(read: readonly ReadSideRun[], paths: readonly string[]): RunsReport["learns"] {
  const first = read.findIndex(({ learns }) => learns !== undefined);
  if (first < 0)
    throw new EngraftError("RunError", "none of the runs has come as far as to look at its data", {
      help: "let one of them go on first: engraft train --resume RUN",
    });
  const { learns } = read[first]!;
  const other = read.findIndex((one) => one.learns !== undefined && one.learns !== learns);
  if (other >= 0)
    throw new EngraftError(
      "OptionError",
      `"${paths[first]}" is of ${learns}, "${paths[other]}" of ${read[other]!.learns}: their scores are not of one kind`,
      {
        help: "set runs of one task side by side",
        details: { tasks: read.map(({ learns: task }) => task ?? null) },
      },
    );
  return learns!;
}

/** Returns a label for each run: the folder's name, with parent folders as needed to make it unique. */
function labelsOf(read: readonly ReadSideRun[]): readonly string[] {
  const parts = read.map(({ side }) => side.run.split(/[\\/]/).filter(Boolean));
  for (let depth = 1; depth <= 4; depth++) {
    const labels = parts.map((names) => names.slice(-depth).join("/"));
    if (new Set(labels).size === labels.length) return labels;
  }
  return parts.map((names, i) => `${i + 1}: ${names.at(-1)}`);
}

function compareRuns(
  read: readonly ReadSideRun[],
  labels: readonly string[],
  against: "first" | "best",
  margin: number,
): Pick<RunsReport, "runs" | "against" | "best"> {
  const finished = [...read.keys()].filter((i) => read[i]!.side.status === "done");
  const best = bestOf(read, finished);
  const to = against === "best" ? (best ?? finished[0]) : finished[0];
  const paired = read.map((one, i) =>
    to === undefined || i === to ? undefined : alignScores(read[to]!, one),
  );
  const comparable = paired.flatMap((found, i) => (found && "shares" in found ? [{ i, scored: found }] : []));
  const { scored: own, groups } = to === undefined ? {} : read[to]!;
  const differences = own
    ? compareModels(
        { label: labels[to!]!, scored: own, groups },
        comparable.map(({ i, scored }) => ({ label: labels[i]!, scored })),
        margin,
      )
    : [];
  const runs = read.map(({ side }, i): SideRun => {
    const found = paired[i];
    if (found && "code" in found)
      return {
        label: labels[i]!,
        ...side,
        difference: inEnglish([found]),
        difference_message: found,
      };
    const difference = differences[comparable.findIndex((one) => one.i === i)];
    return { label: labels[i]!, ...side, ...(difference && { difference }) };
  });
  return {
    runs,
    against: to === undefined ? null : labels[to]!,
    best: best === undefined ? null : labels[best]!,
  };
}

/** Returns the best run by validation score, then by loss; undefined unless all runs have the same data and split. */
function bestOf(read: readonly ReadSideRun[], finished: readonly number[]): number | undefined {
  const splits = new Set(finished.map((i) => read[i]!.tested.fingerprint));
  if (finished.length < 2 || splits.size !== 1 || splits.has(undefined)) return undefined;
  const of = (i: number) => read[i]!.side.validation!;
  const metric = read[finished[0]!]!.side.test?.name ?? "accuracy";
  const score = (i: number): number => scoreOrWorst(choosingScore(metric, of(i).value, of(i).loss));
  const loss = (i: number): number => lossOrWorst(of(i).loss);
  return finished.toSorted((a, b) => score(b) - score(a) || loss(a) - loss(b))[0];
}

async function pageFor(platform: Platform, out: string | undefined): Promise<string> {
  if (out !== undefined) return pageAt(platform, out);
  const { files } = platform;
  const today = new Date().toISOString().slice(0, 10);
  await files.ensureDir(files.resolve("runs"));
  for (let n = 1; ; n++) {
    const page = files.resolve("runs", `${today}-compared${n === 1 ? "" : `-${n}`}.html`);
    if (!(await files.stat(page))) return page;
  }
}

function notesOf(runs: readonly SideRun[], read: readonly ReadSideRun[]): Message[] {
  const waiting = runs.filter(({ status }) => status !== "done");
  const fingerprints = new Set(read.flatMap(({ tested }) => tested.fingerprint ?? []));
  const tests = new Set(read.flatMap(({ tested }) => tested.testFingerprint ?? []));
  const evaluations = read.map(({ manifest }) => {
    const { result } = manifest;
    return result?.event === "result" && "test_looks" in result ? result.test_looks : 0;
  });
  const times = Math.max(...evaluations) + 1;
  const paired = runs.some(({ difference }) => typeof difference === "object");
  const unfinished = waiting.map(({ label, status, epochs }) => ({ label, status, epochs }));
  return [
    ...(paired ? [message("differences-of-models")] : []),
    ...(fingerprints.size > 1 ? [message(tests.size > 1 ? "other-test-samples" : "other-splits")] : []),
    ...(new Set(runs.map(({ machine }) => machine)).size > 1 ? [message("other-machines")] : []),
    ...(waiting.length > 0 ? [message("runs-not-done", { runs: unfinished })] : []),
    ...(times > 4 ? [message("test-scored-times", { times })] : []),
  ];
}

/** Options with a row of their own on the page, or without effect on the result. */
const leftOut: ReadonlySet<string> = new Set([
  ...["out", "seed", "base", "strategy"],
  ...["explain", "tensorboard", "cache"],
]);

/** Returns options, versions and numbers of threads that are not the same in all runs. */
function optionDifferences(runs: readonly ReadSideRun[]): RunsReport["differing"] {
  const given = runs.map(({ manifest }): Readonly<Record<string, string>> => {
    const { options, threads, versions } = manifest;
    return {
      ...Object.fromEntries(
        Object.entries(options).flatMap(([name, value]) =>
          value === undefined || leftOut.has(name) ? [] : [[asOption(name), written(value)]],
        ),
      ),
      threads: String(threads),
      ...Object.fromEntries(Object.entries(versions).map(([what, v]) => [`${what} (version)`, String(v)])),
    };
  });
  const names = [...new Set(given.flatMap((one) => Object.keys(one)))];
  return names
    .map((option) => ({ option, values: given.map((one) => one[option] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

/** Returns the flag of an option on the command line. */
const asOption = (name: string): string => `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

function written(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  return Object.entries(value)
    .map(([name, v]) => `${name}=${typeof v === "string" ? v : JSON.stringify(v)}`)
    .join(", ");
}

/**
 * Returns the scores of `one` in the order of the test items of `to`, or the reason why they cannot be paired.
 *
 * Both runs must have the same test items: the same fingerprint of data and split, or the same hashes without repetition.
 */
export function alignScores(to: ReadSideRun, one: ReadSideRun): Scored | Message {
  if (one.side.status !== "done") return message("run-not-done");
  if (to.side.status !== "done") return message("other-run-not-done");
  const [noScore] = [one, to].flatMap(({ noScore: why }) => why ?? []);
  if (noScore) return noScore;
  if (!one.scored || !to.scored) return message("predictions-not-kept");
  if (one.names.join("\n") !== to.names.join("\n"))
    return message(one.scored.metric === "r2" ? "other-numbers" : "other-classes");
  const [a, b] = [one.tested, to.tested];
  const [n, m] = [one.scored.shares.length, to.scored.shares.length];
  if (a.fingerprint !== undefined && a.fingerprint === b.fingerprint && n === m) return one.scored;
  if (a.testFingerprint === undefined || b.testFingerprint === undefined)
    return message("test-samples-unknown");
  if (a.testFingerprint !== b.testFingerprint || n !== m) {
    const otherItems = new Set(b.items);
    const shared = a.items.filter((item) => otherItems.has(item)).length;
    return message("test-samples-differ", { own: n, other: m, shared });
  }
  if (a.items.length !== n || b.items.length !== m) return message("test-samples-repeat");
  return reordered(one.scored, a.items, b.items);
}

function reordered(scored: Scored, from: readonly string[], to: readonly string[]): Scored {
  const at = new Map(from.map((item, i) => [item, i]));
  return { ...scored, shares: Float64Array.from(to, (item) => scored.shares[at.get(item)!]!) };
}
