import type { ClassificationScores, OnEvent, TrainResultEvent } from "../core/events.js";

/** What the command line uses of the front. */
export interface Common {
  readonly seed?: number;
  readonly threads?: number;
  readonly onEvent?: OnEvent;
  readonly signal?: AbortSignal;
  readonly cache?: boolean;
}
export interface Prediction {
  readonly label: string;
  readonly score: number;
}
export interface Front {
  train(data: string, options: Common & Readonly<Record<string, unknown>>): Promise<TrainResultEvent>;
  resume(run: string, options: Common): Promise<TrainResultEvent>;
  evaluate(
    model: string,
    data: string,
    options: Common,
  ): Promise<{ readonly test: ClassificationScores } & Readonly<Record<string, unknown>>>;
  loadModel(
    dir: string,
    options: Common,
  ): Promise<{
    predict(input: string, options: { readonly top: number }): Promise<readonly Prediction[]>;
    close?(): Promise<void>;
  }>;
}

export async function loadFront(): Promise<Front> {
  const path = "../index.js";
  return (await import(path)) as Front;
}
