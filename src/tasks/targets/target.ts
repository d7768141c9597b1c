import type { Head } from "../../core/results/task.js";
import type { Sample } from "../../data/index.js";
import type { TargetSource } from "../../data/targets.js";
import type { FolderFacts } from "../../inference/model-session.js";
import type { RecipeOptions } from "../../options/options.js";
import type { TrainingHead } from "../../run/context.js";
import type { RunResult } from "../../run/trainable-task.js";
import type { ViewAverage } from "../../run/training/average-views.js";
import type { Input, SamplesOf } from "../inputs/input.js";
import type { TargetsOfMix } from "../sounds/learn-mix.js";
import type { BoundRun } from "../task-run.js";

/** Fields of a sample by which every run divides and draws. */
export interface Labelled {
  readonly label: number;
}

/** Samples of a run, with the input that opened them. */
export interface ComposedData<Fields> extends SamplesOf<Fields> {
  readonly input: Input;
}

/**
 * Targets of one kind: how they are read, learnt, predicted and scored. Each part is loaded alone: a page that predicts loads no training.
 * Functions are methods, so that a target of numbers is a target.
 * @template Fields what a sample holds of its target @template Known facts of a model folder about its outputs
 */
export interface Target<
  Fields extends Labelled = Labelled,
  Result extends RunResult = RunResult,
  Known extends { readonly about: object } = { readonly about: object },
  Answer = unknown,
  Scores = unknown,
> {
  readonly head: Head;
  /** Returns how the cells of a list are read. */
  source(how: SourceHow): TargetSource<unknown, Fields>;
  /** Returns the names of the outputs. */
  names(data: SamplesOf<Fields>): readonly string[];
  /** Returns the target of a sample as text. */
  text(item: Fields, data: SamplesOf<Fields>): string;
  /** Returns the labels of a sample. Missing: it has no list of them. */
  labels?(item: Fields, data: SamplesOf<Fields>): readonly string[];
  training(): Promise<TargetTraining<Fields, Result>>;
  model(): Promise<TargetModel<Fields, Known, Answer, Scores>>;
}

/** How targets are read. */
export interface SourceHow {
  /** Columns of numbers, as `--target` names them. */
  readonly target?: string | undefined;
  /** Columns of labels, as `--labels` names them. */
  readonly labels?: string | undefined;
  /** Names of the outputs of a model. Default: the data decide. */
  readonly known?: readonly string[];
  readonly emptyParts?: boolean | undefined;
}

/** How a target is learnt. */
export interface TargetTraining<Fields, Result extends { readonly task: string }> {
  head(data: ComposedData<Fields>, options: RecipeOptions): TrainingHead;
  /** Returns the targets for which the mix of the channels of sounds is fitted. */
  mix(data: ComposedData<Fields>): TargetsOfMix;
  /** Returns the training. */
  train(data: ComposedData<Fields>, its: TrainedTask<Result["task"]>): BoundRun<Result>["train"];
}

/** Task and options of a training. */
export interface TrainedTask<Task extends string> {
  readonly task: Task;
  readonly options: RecipeOptions;
}

/** How a model of a target predicts and is scored. */
export interface TargetModel<Fields, Known extends { readonly about: object }, Answer, Scores> {
  /** How several outputs for one sample are averaged. */
  readonly average: ViewAverage;
  /** Word for the predictions in errors: "labels". */
  readonly gives: string;
  /** Returns the facts of a folder about its outputs; `about` are fields of the loaded model. @throws ModelError for a damaged folder */
  known(folder: FolderFacts): Known;
  /** Returns a prediction. @param row outputs for one sample @param averaged true for means over several views */
  answer(row: Float32Array, known: Known, averaged: boolean): Answer;
  score(
    folder: FolderFacts,
    items: readonly (Sample & Fields)[],
    outputs: Float32Array,
    averaged: boolean,
  ): Scores;
  /** Returns a prediction as the command line prints it. */
  lineOf(answer: Answer, known: Pick<Known, "about">, how: LineOptions): PredictionLine;
}

/** Options of {@link PredictionLine}. */
export interface LineOptions {
  /** Most classes or labels. */
  readonly top: number;
  readonly tta: number;
}

/** Printed prediction: fields for programs, and cells of a line for people. */
export interface PredictionLine {
  readonly event: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
}
