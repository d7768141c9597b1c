import type { EngraftManifest } from "../bases/model-folder/model-folder.js";
import type { Shape } from "../core/shape.js";
import type { Graph } from "../graph/graph.js";
import { openToPredict } from "../run/device/open-to-predict.js";
import type { Machine } from "../run/machine.js";
import type { DeviceChoice } from "../runtime/device.js";
import { openSession } from "../runtime/open.js";
import { requireDeclaredOutputs, withExpectedOutputs } from "../runtime/output-shapes.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import type { OnCut } from "./cut-texts.js";
import type { LongTexts } from "./evaluation.js";

/** Facts of a model folder. */
export interface FolderFacts {
  readonly dir: string;
  /** Names of the outputs: classes, labels or numbers. */
  readonly classes: readonly string[];
  /** Its engraft.json. Missing for a folder that another program wrote. */
  readonly engraft: EngraftManifest | undefined;
}

/** An opened model folder. */
export interface OpenedFolder extends FolderFacts {
  /** The model with its input stage. */
  readonly graph: Graph;
  /** Shapes that the outputs must have, in their order: see `ExpectedOutputs`. */
  readonly outputShapes: readonly Shape[];
}

/** An opened model folder that scores inputs one by one. */
export interface ScoringFolder<Input> extends OpenedFolder {
  /** Returns logits, float32[N, C]. */
  scores(session: Session, inputs: readonly Input[], options?: ScoreOptions): Promise<Float32Array>;
}

export interface ScoreOptions {
  /** Test-time augmentation: averaged views of each image. Default 1. */
  readonly views?: number;
  readonly long?: LongTexts;
  readonly onCut?: OnCut;
  readonly signal?: AbortSignal;
}

export interface LoadOptions extends Omit<ScoreOptions, "signal" | "views"> {
  /** Threads of the runtime. Default: all cores. */
  readonly threads?: number;
  /** Where it computes. Default "cpu". */
  readonly device?: DeviceChoice;
  /**
   * Texts with more tokens than the model takes. "truncate" drops the end; "split" averages the probabilities of the
   * parts. Default "truncate".
   */
  readonly long?: LongTexts;
  /** Called after each `predict` with the number of cut texts, and the limit in tokens. */
  readonly onCut?: OnCut;
  /** Called if the model computes slower than requested: on the CPU, after its GPU failed. Default: writes to stderr. */
  readonly onWarning?: (message: string) => void;
}

export interface ModelSession {
  readonly runtime: Runtime;
  readonly session: Session;
  /** Closes the runtime, and with it the session. */
  close(): Promise<void>;
}

/** What a session of a model folder needs. */
type Loadable = Pick<OpenedFolder, "dir" | "graph" | "outputShapes">;

/**
 * Loads the model of a folder. Its outputs are checked at each run.
 * @throws ModelError if the runtime cannot load it, or if its outputs have other shapes than the folder's files say
 */
export async function openFolderSession(
  runtime: Runtime,
  { dir, graph, outputShapes }: Loadable,
): Promise<Session> {
  const expected = { shapes: outputShapes, at: dir };
  requireDeclaredOutputs(graph, expected);
  return withExpectedOutputs(await openSession(runtime, graph, { label: `model "${dir}"` }), expected);
}

/** Opens a runtime with the model of a folder. @throws ModelError as {@link openFolderSession} */
export async function openModelSession(
  machine: Machine,
  folder: Loadable,
  options: Parameters<typeof openToPredict>[1] = {},
): Promise<ModelSession> {
  const runtime = await openToPredict(machine, options);
  try {
    const session = await openFolderSession(runtime, folder);
    return { runtime, session, close: () => runtime.close() };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

/**
 * Opens a model folder for predictions: `rows` returns the logits of each input.
 * @param width number of logits; default: the number of classes
 */
export async function openRows<Input>(
  machine: Machine,
  folder: ScoringFolder<Input> & { readonly width?: number },
  options: LoadOptions,
): Promise<{
  rows(inputs: readonly Input[], more?: Pick<ScoreOptions, "views">): Promise<Float32Array[]>;
  close(): Promise<void>;
}> {
  const { session, close } = await openModelSession(machine, folder, options);
  const { scores, width = folder.classes.length } = folder;
  return {
    async rows(inputs, more) {
      const all = await scores(session, inputs, { ...options, ...more });
      return inputs.map((_, i) => all.subarray(i * width, (i + 1) * width));
    },
    close,
  };
}
