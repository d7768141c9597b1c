import { formatDuration } from "../../core/duration.js";
import type { EpochEvent } from "../../core/events/events.js";
import { wordsInRun } from "../../core/messages/metric-en.js";
import { type EpochValidation, metrics } from "../../core/results/metric.js";
import { terminalColumns } from "../terminal-text.js";

/** The metric of an epoch: two decimals of a perplexity. */
const written = ({ name, value }: EpochValidation["metric"]): string =>
  name === "perplexity" ? value.toFixed(2) : wordsInRun(name).score(value);

/** 0.0031, 3.1e-5 */
export const formatRate = (x: number): string =>
  x === 0 ? "0" : x >= 1e-3 ? x.toPrecision(2) : x.toExponential(1);

/** Widths of all columns. Their sum with the mark of the best epoch is 77. */
const widths = [9, 12, 10, 16, 15, 9];
/** Columns of a narrow terminal: epoch, metric and time, 34 columns with the mark. */
const narrow: Readonly<Record<number, number>> = { 0: 6, 3: 14, 5: 8 };

const line = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => ((terminalColumns() ?? 80) >= 77 ? cell.padStart(widths[i]!) : inNarrow(cell, i)))
    .join("");
const inNarrow = (cell: string, i: number): string =>
  narrow[i] === undefined ? "" : cell.padStart(narrow[i]);

/** Header of the table of epochs. @param event the first epoch of the table */
export const epochHeader = ({ validation: { metric } }: EpochEvent): string =>
  line(["epoch", "train loss", "val loss", `val ${metrics[metric.name].name}`, "learning rate", "time"]);

/** One epoch. `details` adds the terms of the loss besides the main one. */
export function epochRow(event: EpochEvent, details = false): string {
  const { metric } = event.validation;
  const row = line([
    `${event.epoch}/${event.of}`,
    event.train_loss.toFixed(4),
    event.validation_loss.toFixed(4),
    written(metric),
    formatRate(event.rate),
    ` ${formatDuration(event.seconds)}`,
  ]);
  return `${row}${event.best ? "  best" : ""}${details ? termsOf(event) : ""}`;
}

/** `  starting point 0.0120, head 0.0010` */
function termsOf({ terms = {} }: EpochEvent): string {
  const others = Object.entries(terms).filter(([name]) => name !== "classification");
  return others.length === 0
    ? ""
    : `  ${others.map(([name, value]) => `${name} ${value.toFixed(4)}`).join(", ")}`;
}
