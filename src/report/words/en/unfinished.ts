/** English sentences of a run that is in progress, or that stopped before its end. */
import type { ForecastEvent, ProgressEvent } from "../../../core/events/events.js";
import { count, duration, integer, rate } from "../../charts/numbers.js";

export const unfinishedEn = {
  notFinished: "Engraft report · not finished",
  state: "State",
  warnings: "Warnings",
  knownSoFar: "Known so far",
  nothingMeasured: "Nothing was measured on the test split yet.",

  goesOn: "The run is in progress.",
  stopped: (resume: string): string => `The run stopped before its end. Resume it with: ${resume}`,
  progress: ({ phase, stage, done, total, unit, seconds_left: left }: ProgressEvent): string => {
    const name = stage === undefined || stage === phase ? phase : `${phase} (${stage})`;
    return `${name}: ${integer(done)} of ${integer(total)} ${unit}${left === undefined ? "" : `, ${duration(left)} left`}`;
  },
  broken: (lines: number): string =>
    `${count(lines, "line")} of events.jsonl cannot be read and ${lines === 1 ? "is" : "are"} left out`,

  rate: "Learning rate",
  loss: "Loss",
  throughput: "Throughput",
  aSecond: ({ per_second: speed, items, unit }: ProgressEvent): string =>
    `${rate(speed!)} ${items ?? unit} per second`,
  memory: "Memory",
  saved: "Last checkpoint at step",
  forecast: "Forecast",
  /** The English text is part of the event; other languages write it from its numbers. */
  forecastWords: ({ words }: ForecastEvent): string => words,
  data: "Data",
  parts: (train: string, validation: string, test: string): string =>
    `${train} to train, ${validation} to validate, ${test} to test`,
  base: "Base",
  strategy: "Strategy",
  trains: (strategy: string, some: string, all: string): string =>
    `${strategy}: ${some} of ${all} parameters`,
  machine: "Machine",
  threads: (machine: string, n: number): string => `${machine}, ${count(n, "thread")}`,
  started: "Started",
  folder: "Run folder",
  command: "Command",
};
