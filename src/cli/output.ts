import { styleText } from "node:util";
import type { SingleBar } from "cli-progress";
import { formatDuration } from "../core/duration.js";
import type { EngraftEvent, EpochEvent, ProgressEvent } from "../core/events/events.js";
import { epochHeader, epochRow } from "./render/epoch-table.js";
import { labelled } from "./render/labelled.js";
import { formatBytes, formatCount, renderEvent } from "./render/render.js";
import { renderRun } from "./render/render-comparison.js";

export interface OutputOptions {
  readonly json: boolean;
  /** Only the result. */
  readonly quiet: boolean;
  /** Details too. */
  readonly verbose?: boolean;
}

/** Where output goes: the two streams, and what the terminal can do. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** stderr is a terminal: a bar can move there. */
  readonly moves: boolean;
  readonly colors: boolean;
  /** Milliseconds; only for how often plain progress lines are written. */
  now(): number;
}

/** Without a terminal, progress is a line at most this often (ms). */
const plainEvery = 10_000;

/** The output of a command: results on stdout, the story on stderr; with `--json` every event on stdout. */
export class Output {
  private bar: { readonly phase: string; readonly widget: SingleBar } | undefined;
  private makeBar: (() => SingleBar) | undefined;
  private lastPlain = 0;
  /** Stage of the table of epochs that is being written. */
  private tableOf: string | undefined;

  constructor(
    private readonly terminal: Terminal,
    private readonly options: OutputOptions,
  ) {}

  /** True if details are asked for. */
  get verbose(): boolean {
    return this.options.verbose === true;
  }

  /** Load the bar, if one will be shown. */
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

  /** What a long task tells. Its last word is said by {@link result}, so "result" and "error" are not passed on. */
  readonly onEvent = (event: EngraftEvent): void => {
    if (event.event === "result" || event.event === "error") return;
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

  /** The result: an object for programs, lines for people. */
  result(value: Readonly<Record<string, unknown>>, lines: readonly string[]): void {
    if (this.options.json) this.json(Object.assign({ event: "" }, value, { event: "result" }));
    else this.lines(lines);
  }

  /** One answer of several: shown also when quiet. */
  answer(value: Readonly<Record<string, unknown>>, line: string): void {
    if (this.options.json) this.json(value);
    else this.lines([line]);
  }

  /** Lines for people, on stderr. */
  note(line: string): void {
    if (!this.options.json) this.story(line);
  }

  /** The last line of a command that failed. */
  failure(event: Readonly<Record<string, unknown>>, text: string): void {
    this.stop();
    if (this.options.json) this.json(event);
    this.terminal.err(`${text}\n`);
  }

  /** Take the bar away. */
  stop(): void {
    this.bar?.widget.stop();
    this.bar = undefined;
  }

  private json(value: object): void {
    this.terminal.out(`${JSON.stringify(value)}\n`);
  }

  private lines(lines: readonly string[]): void {
    this.stop();
    if (lines.length > 0) this.terminal.out(`${lines.join("\n")}\n`);
  }

  private line(text: string): void {
    this.stop();
    this.terminal.err(`${text}\n`);
  }

  private story(text: string): void {
    this.tableOf = undefined;
    const label = this.terminal.colors ? /^\S+\s*/.exec(text)?.[0] : undefined;
    this.line(label === undefined ? text : styleText("bold", label) + text.slice(label.length));
  }

  private epoch(event: EpochEvent): void {
    // The epochs of a training from scratch are details, and a tenth of them is enough to follow it.
    if (event.stage.startsWith("scratch") && (!this.verbose || event.epoch % Math.ceil(event.of / 10) !== 0))
      return;
    if (this.tableOf !== event.stage) {
      for (const line of labelled("training", event.stage)) this.story(line);
      this.line(epochHeader(event));
    }
    this.tableOf = event.stage;
    const row = epochRow(event, this.verbose);
    this.line(event.best && this.terminal.colors ? styleText("green", row) : row);
  }

  private progress(event: ProgressEvent): void {
    const { phase, done, total } = event;
    const text = progressText(event);
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
    this.terminal.err(`${phase.padEnd(11)}${text}\n`);
  }
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

/** The process's own streams. `onClosed`: the reader of stdout went away (EPIPE). */
export function processTerminal(onClosed: () => void): Terminal {
  let closed = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed = true;
    onClosed();
  });
  process.stderr.on("error", () => {});
  const moves = process.stderr.isTTY === true && process.env.TERM !== "dumb";
  return {
    out: (text) => {
      if (!closed) process.stdout.write(text);
    },
    err: (text) => void process.stderr.write(text),
    moves,
    colors: moves && (process.env.NO_COLOR ?? "") === "",
    now: () => performance.now(),
  };
}
