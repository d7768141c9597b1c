import type { StoredAs } from "../bases/weight-storage.js";
import type { TrainableEvent } from "../core/events/events.js";
import type { Graph } from "../graph/graph.js";
import type { Context } from "./context.js";
import type { Expected } from "./forecast/measure.js";
import type { Trunk } from "./setup.js";
import type { Planned } from "./training/planned.js";
import type { Trained } from "./training/train-from.js";

/** A run after planning and forecast. */
export interface PlannedTask {
  readonly context: Context;
  readonly planned: Planned;
  readonly trunk: Trunk;
  readonly expected: Expected;
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly reportGroups: (groups: TrainableEvent["groups"]) => void;
}

/** A run after training. */
export interface TrainedTask<Head> extends PlannedTask {
  readonly solved: Head;
  /** The model with the solved head, before training. */
  readonly probed: Graph;
  readonly fitted?: Trained;
  /** The training before another head was solved on its network. Missing: the model is that of the training. */
  readonly trainedAlone?: TrainedTask<Head>;
  /** The model as its file stores it, and how the file stores weights. */
  readonly model: Graph;
  readonly stored: StoredAs;
  /** True if its predictions differ from those of the solved head. */
  readonly changed: boolean;
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  readonly seconds: { readonly features: number; readonly training: number };
}
