import type { OnWork } from "../../core/events/work-events.js";
import type { BaseModality } from "../../core/modalities.js";
import type { Dataset, Sample } from "../../data/index.js";
import type { TargetSource } from "../../data/targets.js";
import type { ScoringFolder } from "../../inference/model-session.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { ViewAverage } from "../../run/training/average-views.js";

/** How samples of any modality are opened. */
export interface OpenSamples
  extends Pick<RecipeOptions, "text" | "quotes" | "classNames" | "groupFrom" | "signal"> {
  readonly seed: number;
  /** Allows empty splits, for data that only scores a model. Default false. */
  readonly emptyParts?: boolean | undefined;
  /** True if the targets are those of a model: the data may hold fewer of them. Default false. */
  readonly known?: boolean;
  readonly onEvent?: OnWork | undefined;
}

/** Opened samples, with the fields of their targets. */
export type SamplesOf<Fields> = Omit<Dataset, "task" | "items" | "ignored"> & {
  readonly items: readonly (Sample & Fields)[];
  /** Names of the columns of numbers. Missing: the targets are classes or labels. */
  readonly targets?: readonly string[];
};

/** Model folder that scores inputs of one modality. `about` are facts that its loaded model shows. */
export type InputFolder<Given, Facts> = ScoringFolder<Given> & { readonly about: Facts };

/**
 * Samples of one modality: how they are found, read and given to a model. Functions are methods, so that an input of texts is
 * an input.
 * @template Given what a model takes for one sample @template Facts facts that a loaded model shows
 */
export interface Input<Given = unknown, Facts extends object = object> {
  readonly modality: BaseModality;
  /** Returns true if the data at a path hold samples of this modality. */
  holds(platform: Platform, path: string, how: OpenSamples): Promise<boolean>;
  /** Reads samples with targets of any kind, and divides them into splits. @throws DataError for unusable data */
  open<Target, Fields extends { readonly label: number }>(
    platform: Platform,
    path: string,
    source: TargetSource<Target, Fields>,
    how: OpenSamples,
  ): Promise<SamplesOf<Fields>>;
  /** Returns what a model takes for a sample of data. */
  given(item: Sample): Given;
  /** Opens a model folder. @param average how several outputs for one sample are averaged */
  folder(platform: Platform, dir: string, average: ViewAverage): Promise<InputFolder<Given, Facts>>;
  /** Returns inputs in the form that the folder scores. @throws DataError for inputs of another form */
  checked(given: readonly Given[], facts: Facts, platform: Platform): readonly Given[];
}
