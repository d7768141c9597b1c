/** English sentences of a run that goes on, or stopped before its end. */
import type { ForecastEvent, ProgressEvent } from "../../../core/events/events.js";
import { count, duration, integer, rate } from "../../charts/numbers.js";

export const liveEn = {
  notFinished: "Engraft report · not finished",
  following: "Engraft · following a run",
  asking: "Asking for the run …",
  gone: "The program that followed the run has ended; what is shown is the last it said.",
  state: "State",
  howFar: "How far",
  warnings: "Warnings",
  curves: "Curves",
  epochsTitle: "Epochs",
  theRun: "The run",
  knownSoFar: "What is known so far",
  nothingMeasured: "Nothing was measured on the test part yet.",
  /** Behind a number of epochs. */
  before: " epochs before these are in the report",

  goesOn: "The run goes on.",
  stopped: (resume: string): string => `The run has stopped before its end. It goes on with: ${resume}`,
  isDone: "The run is done.",
  done: (metric: string, value: string, range: string | undefined, n: string): string =>
    `The run is done: ${metric} ${value}${range === undefined ? "" : ` (95 % interval ${range})`} on ${n} test items.`,
  accuracy: "accuracy",
  progress: ({ phase, stage, done, total, unit, seconds_left: left }: ProgressEvent): string => {
    const name = stage === undefined || stage === phase ? phase : `${phase} (${stage})`;
    return `${name}: ${integer(done)} of ${integer(total)} ${unit}${left === undefined ? "" : `, ${duration(left)} left`}`;
  },
  broken: (lines: number): string =>
    `${count(lines, "line")} of events.jsonl cannot be read and ${lines === 1 ? "is" : "are"} left out`,

  rate: "Rate now",
  loss: "Loss now",
  throughput: "Throughput",
  aSecond: ({ per_second: speed, items, unit }: ProgressEvent): string =>
    `${rate(speed!)} ${items ?? unit} a second`,
  memory: "Memory",
  saved: "Saved at step",
  forecast: "Forecast",
  /** The event's own words are English; other languages say it from its numbers. */
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

  epochOf: (epoch: number, of: number): string => `${epoch} of ${of}`,
  stage: "stage",
  epoch: "epoch",
  trainLoss: "train loss",
  validationLoss: "validation loss",
  rateColumn: "rate",
  time: "time",
};
