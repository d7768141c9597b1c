import type { ClassShare, EngraftEvent, OnEvent, SourceFreeResultEvent } from "../../core/events/events.js";
import type { ClassSample } from "../../data/index.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { OpenedDomains } from "./open-domains.js";
import type { OpenedModel } from "./open-model.js";

/** An opened run with its model and its domains. */
export interface OpenedAdaptation {
  readonly machine: Machine;
  readonly run: RunFolder;
  readonly model: OpenedModel;
  readonly domains: OpenedDomains;
  readonly runtime: Runtime;
  readonly begin: number;
  readonly events: readonly EngraftEvent[];
  readonly onEvent: OnEvent;
}

/** An adapted model, and the facts of its result. */
export interface Adapted
  extends Pick<SourceFreeResultEvent, "changed" | "held" | "guard" | "forced" | "training" | "shares_p"> {
  /** The model as an ONNX file. */
  readonly onnx: Uint8Array;
  /** Logits of the target, float32[N, C]. */
  readonly logits: Float32Array;
  /** Shares of the classes before and after. Missing: those of the predictions. */
  readonly shares?: readonly ClassShare[];
}

/** Features of samples under the model's backbone. */
export type FeaturesOf = (items: readonly ClassSample[]) => Promise<Float32Array>;
