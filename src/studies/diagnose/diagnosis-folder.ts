import type { DiagnosisResult, FreshLayers } from "../../core/results/diagnosis.js";
import { type FolderKind, ManifestFolder, sharedTypes } from "../../run/folder/manifest-folder.js";
import type { manifestFormat } from "../../run/folder/run-manifest.js";
import { is, maybe, oneOf } from "../../run/folder/wrong-field.js";
import type { SharedByRuns } from "../many-runs.js";
import type { Fingerprints } from "../same-data.js";

/** A finished training. */
export interface DoneTraining extends FreshLayers {
  readonly seed: number;
  /** One character per validation item, in the order of the data: "1" correct, "0" wrong. */
  readonly right: string;
  readonly best_epoch: number;
  readonly loss: number;
  readonly seconds: number;
}

/** Content of `diagnosis.json`: options, and finally the result. */
export interface DiagnosisManifest extends SharedByRuns, Fingerprints {
  readonly format: typeof manifestFormat;
  readonly status: "running" | "done";
  /** Absolute path of the source, if given. */
  readonly source?: string;
  readonly groups: number;
  readonly seeds: readonly number[];
  readonly margin: number;
  /** Seconds for all trainings. */
  readonly budget: number;
  readonly started: string;
  /** Groups that the base's layers have: `groups`, or fewer. */
  readonly layer_groups?: number;
  /** Epochs of every training. Decided by the budget unless requested. */
  readonly epochs?: number;
  readonly forecast?: number;
  readonly result?: DiagnosisResult;
}

const number = is("number");

/** A diagnosis on disk. */
export class DiagnosisFolder extends ManifestFolder<DiagnosisManifest> {
  static readonly kind: FolderKind<DiagnosisManifest> = {
    file: "diagnosis.json",
    what: "diagnosis",
    resume: "engraft diagnose --resume",
    types: {
      ...sharedTypes,
      status: oneOf("running", "done"),
      source: maybe(is("string")),
      groups: number,
      margin: number,
      budget: number,
      threads: number,
      layer_groups: maybe(number),
      epochs: maybe(number),
      forecast: maybe(number),
    },
  };
}
