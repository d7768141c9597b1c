import { styleText } from "node:util";
import type { SingleBar } from "cli-progress";
import { formatDuration } from "../core/duration.js";
import type { EngraftEvent, EpochEvent, ProgressEvent, RunEvent } from "../core/events/events.js";
import { runScoreOf } from "../core/events/run-events.js";
import { wordsInComparison } from "../core/messages/metric-en.js";
import { withOwners } from "./options/option-owners.js";
import { epochHeader, epochRow } from "./render/epoch-table.js";
import { columnsOf, labelled, wrap } from "./render/labelled.js";
import { formatBytes, formatCount, renderEvent } from "./render/render.js";
import { writtenLines } from "./render/sample-lines.js";
import { shown, tabbed, terminalColumns } from "./terminal-text.js";

export interface OutputOptions {
  /** The command that prints, which warnings give advice for. */
  readonly command?: string | undefined;
  readonly json: boolean;
  /** Prints only the result. */
  readonly quiet: boolean;
  /** Prints details too. */
  readonly verbose?: boolean;
}

/** The two streams, and the features of the terminal. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** True if stderr is a terminal, which can show a progress bar. */
  readonly moves: boolean;
  readonly colors: boolean;
  /** Columns of stdout, if it is a terminal. */
  readonly columns?: number | undefined;
  /** Milliseconds; limits how often plain progress lines are written. */
  now(): number;
}

/** Without a terminal, least time between progress lines (ms). */
const plainEvery = 10_000;

/** Output of a command: results on stdout, progress on stderr; with `--json` every event on stdout. */
export class Output {
  private bar: { readonly phase: string; readonly widget: SingleBar } | undefined;
  private makeBar: (() => SingleBar) | undefined;
  private lastPlain = 0;
  /** Stage of the current table of epochs. */
  private tableOf: string | undefined;

  constructor(
    private readonly terminal: Terminal,
    private readonly options: OutputOptions,
  ) {}

  /** True if details are printed. */
  get verbose(): boolean {
    return this.options.verbose === true;
  }

  /** True if only the result is printed. */
  get quiet(): boolean {
    return this.options.quiet;
  }

  /** Loads the progress bar, if one will be shown. */
  async prepare(): Promise<this> {
    if (this.options.json || this.options.quiet || !this.terminal.moves) return this;
    const { default: progress } = await import("cli-progress");
    this.makeBar = () =>
      new progress.SingleBar({
        format: "{phase} [{bar}] {text}",
        barCompleteChar: "=",
        barIncompleteChar: " ",
        barsize: 12,
        clearOnComplete: true,
        hideCursor: true,
        fps: 8,
        linewrap: false,
        gracefulExit: false,
      });
    return this;
  }

  /** Receives events of a long task. {@link result} prints its end, so "result" and "error" are not passed on. */
  readonly onEvent = (given: EngraftEvent): void => {
    if (given.event === "result" || given.event === "error") return;
    const { command = "" } = this.options;
    const event =
      given.event === "warning" ? { ...given, message: withOwners(command, given.message) } : given;
    if (this.options.quiet) {
      if (event.event === "warning" && !this.options.json)
        for (const line of labelled("warning", event.message)) this.line(line);
      return;
    }
    if (this.options.json) this.json(event);
    else if (event.event === "progress") this.progress(event);
    else if (event.event === "epoch") this.epoch(event);
    else if (event.event === "run") for (const line of renderRun(event)) this.line(line);
    else for (const line of renderEvent(event, this.verbose)) this.story(line);
  };

  /** Prints the result: an object for programs, lines for people. */
  result(value: Readonly<Record<string, unknown>>, lines: readonly string[]): void {
    if (this.options.json) this.json(Object.assign({ event: "" }, value, { event: "result" }));
    else this.lines(lines);
  }

  /** Prints one prediction of several: also with `--quiet`. @param cells of its line @param more lines below it */
  answer(
    value: Readonly<Record<string, unknown>>,
    cells: readonly string[],
    more: readonly string[] = [],
  ): void {
    if (this.options.json) this.json(value);
    else this.lines([...asRows(cells, this.terminal.columns), ...more]);
  }

  /** Prints a part of a text, as it comes; with `--json` the event of the whole text, at its end. */
  piece(text: string, whole?: Readonly<Record<string, unknown>>): void {
    if (this.options.json) {
      if (whole) this.json(whole);
      return;
    }
    this.stop();
    this.terminal.out(
      text
        .split("\n")
        .map((line) => shown(line))
        .join("\n"),
    );
  }

  /** Prints a help text. */
  help(text: string): void {
    this.lines(text.trimEnd().split("\n"));
  }

  /** Prints a line for people on stderr. */
  note(line: string): void {
    if (!this.options.json) this.story(line);
  }

  /** Prints the last line of a command that failed. */
  failure(event: Readonly<Record<string, unknown>>, text: string): void {
    this.stop();
    if (this.options.json) this.json(event);
    for (const line of text.split("\n")) this.line(line);
  }

  /** Removes the progress bar. */
  stop(): void {
    this.bar?.widget.stop();
    this.bar = undefined;
  }

  private json(value: object): void {
    this.terminal.out(`${JSON.stringify(value)}\n`);
  }

  private lines(lines: readonly string[]): void {
    this.stop();
    if (lines.length > 0) this.terminal.out(`${lines.flatMap(fitted).join("\n")}\n`);
  }

  /** @param style of the first line; wrapped before, because its control characters take no columns */
  private line(text: string, style = (first: string): string => first): void {
    this.stop();
    const [first = "", ...more] = fitted(text);
    this.terminal.err(`${[style(first), ...more].join("\n")}\n`);
  }

  private story(text: string): void {
    this.tableOf = undefined;
    this.line(text, (first) =>
      this.terminal.colors ? first.replace(/^\S+\s*/, (label) => styleText("bold", label)) : first,
    );
  }

  private epoch(event: EpochEvent): void {
    // Of a training from scratch only a tenth of the epochs is printed.
    if (event.stage.startsWith("scratch") && (!this.verbose || event.epoch % Math.ceil(event.of / 10) !== 0))
      return;
    if (this.tableOf !== event.stage) {
      for (const line of labelled("training", event.stage)) this.story(line);
      this.line(epochHeader(event));
    }
    this.tableOf = event.stage;
    const row = epochRow(event, this.verbose);
    this.line(row, (first) => (event.best && this.terminal.colors ? styleText("green", first) : first));
    for (const line of writtenLines(event, this.verbose)) this.line(line);
  }

  private progress(event: ProgressEvent): void {
    const { done, total } = event;
    const [phase, text] = [shown(event.phase), shown(progressText(event))];
    if (this.makeBar) {
      if (this.bar?.phase !== phase) {
        this.stop();
        this.bar = { phase, widget: this.makeBar() };
        this.bar.widget.start(total, done, { phase: phase.padEnd(10), text });
      } else {
        this.bar.widget.setTotal(total);
        this.bar.widget.update(done, { text });
      }
      if (done >= total) this.stop();
      return;
    }
    const now = this.terminal.now();
    if (now - this.lastPlain < plainEvery) return;
    this.lastPlain = now;
    for (const line of labelled(phase, text)) this.line(line);
  }
}

/** A line in the characters of the terminal, wrapped if it is longer than the terminal's lines. */
function fitted(line: string): string[] {
  const columns = terminalColumns();
  // Columns that tabs separate are for programs, and a command is copied as one line.
  const asIs = columns === undefined || line.includes("\t") || line.startsWith("next ");
  return asIs ? [shown(line)] : wrap(shown(line), columns);
}

/** A prediction; in a terminal that is too narrow for it, its values stand below its name. */
function asRows(all: readonly string[], columns = Number.POSITIVE_INFINITY): string[] {
  const [name = "", ...cells] = all;
  const line = tabbed(all);
  if (cells.length === 0 || columnsOf(line) + 8 * cells.length <= columns) return [line];
  return [name, ...wrap(`  ${cells.join("  ")}`, columns)];
}

/** `120 / 800 steps, 12 s left, 42 pictures/s, loss 0.412` */
export function progressText(event: ProgressEvent): string {
  const { done, total, unit, seconds_left, per_second, items, loss } = event;
  const amount =
    unit === "bytes"
      ? `${formatBytes(done)} / ${formatBytes(total)}`
      : `${formatCount(done)} / ${formatCount(total)} ${unit}`;
  return [
    amount,
    ...(seconds_left === undefined ? [] : [`${formatDuration(seconds_left)} left`]),
    ...(per_second === undefined ? [] : [`${throughput(per_second, items ?? unit)}/s`]),
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(3)}`]),
  ].join(", ");
}

/** 12.34 pictures, 1234 pictures, 3.1 MB */
function throughput(n: number, what: string): string {
  if (what === "bytes") return formatBytes(n);
  return `${n < 9.95 ? n.toPrecision(2) : formatCount(n)} ${what}`;
}

/** Returns the process's own streams. `onClosed`: the reader of stdout was closed (EPIPE). */
export function processTerminal(onClosed: () => void): Terminal {
  let closed = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed = true;
    onClosed();
  });
  process.stderr.on("error", () => {});
  const { TERM: kind, CI: automated, NO_COLOR: colourless } = process.env;
  const isSet = (value: string | undefined): boolean => (value ?? "") !== "";
  const moves = process.stderr.isTTY === true && kind !== "dumb" && !isSet(automated);
  return {
    out: (text) => {
      if (!closed) process.stdout.write(text);
    },
    err: (text) => void process.stderr.write(text),
    moves,
    colors: moves && !isSet(colourless),
    ...(process.stdout.isTTY && { columns: process.stdout.columns }),
    now: () => performance.now(),
  };
}

/** Returns a line for each training that ended, or was finished before. */
export function renderRun(event: RunEvent): string[] {
  const { state, label, seed, number, of, error, seconds_left: left } = event;
  const head = `${`${number}/${of}`.padStart(7)}  ${label}, seed ${seed}`.padEnd(38);
  if (state === "started") return [];
  if (state === "failed") return [`${head} failed: ${error?.message ?? ""}`];
  const facts = [
    ...scoresOf(event),
    formatDuration(event.seconds!),
    ...(event.peak_rss_mb === undefined ? [] : [`${Math.round(event.peak_rss_mb)} MB`]),
  ].join("  ");
  const rest =
    state === "kept" ? "  kept" : left !== undefined && left > 0 ? `  (${formatDuration(left)} left)` : "";
  return [`${head} ${facts}${rest}`];
}

/** Returns the scores of a training, as far as its event has them. A diagnosis uses no test split. */
function scoresOf(event: RunEvent): string[] {
  const scored = runScoreOf(event);
  if (!scored) return [];
  const { metric, test, validation } = scored;
  const { score } = wordsInComparison(metric);
  return [...(test === undefined ? [] : [`test ${score(test)}`]), `valid. ${score(validation)}`];
}
