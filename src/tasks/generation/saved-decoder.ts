import { withWeights } from "../../bases/heads.js";
import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { readTemplate } from "../../bases/sequences/open-template.js";
import { hasCache, servedFiles, whyNotServed } from "../../bases/sequences/served-file.js";
import { poolingFile } from "../../bases/text/text-poolings.js";
import type { StoredAs } from "../../bases/weight-storage.js";
import { EngraftError } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { type Message, message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { unmergeable } from "../../methods/peft/merge.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Planned } from "../../run/training/planned.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { ChatRows } from "./chat-rows.js";

type Opened = Base & { readonly text: TextFacts };
interface Where {
  readonly platform: Platform;
  readonly runtime: Runtime;
}

/**
 * Returns whether a trained decoder keeps the file of its base, with its cache. Otherwise the graph is written, without one, and a warning
 * says why.
 * @throws OptionError for another type of the weights
 */
export async function keepsFile(
  base: Opened,
  { weights }: Pick<RecipeOptions, "weights">,
  where: Where,
  onEvent: OnProgress,
): Promise<boolean> {
  if (!hasCache(base)) return false;
  const reason = await whyNotServed(base, where);
  if (reason !== undefined) warnOfLostCache(base, reason, onEvent);
  else if (weights === "fp16" || (weights === "fp32" && base.imported.storedAs.size > 0))
    throw new EngraftError(
      "OptionError",
      `weights "${weights}" cannot be chosen for ${base.name}: its own file is kept, with its cache and the types of its weights`,
      { help: "leave it out, or give the file of the base that has this type", details: { weights } },
    );
  return reason === undefined;
}

const warnOfLostCache = ({ name }: Base, reason: string, onEvent: OnProgress): void =>
  onEvent({
    event: "warning",
    code: "no-cache",
    message: `the new model is written without the cache of ${name}: ${reason}. As a base, and for engraft predict, it is complete; Transformers.js needs a cache: export ${name} again, with Optimum`,
  });

/** Weights of a base from which on an adapter trains by default: beside all of them, an optimizer holds two numbers each. */
const manyWeights = 50e6;

/** Returns why an adapter trains by default; undefined if all weights of the base train. */
export function reasonForAdapter(base: Graph): Message | undefined {
  const weights = parametersOf(base).reduce((sum, { size }) => sum + size, 0);
  return weights < manyWeights
    ? undefined
    : message("adapter-for-size", { millions: Math.round(weights / 1e6) });
}

/** @throws OptionError if an adapter cannot be merged into its weight: the new model has only weights */
export function requireMergeable(
  graph: Graph,
  plan: NonNullable<Planned["trained"]>["plan"] | undefined,
): void {
  const spec = plan?.adaptation?.spec;
  const [first] = spec ? unmergeable(graph, spec) : [];
  if (spec === undefined || first === undefined) return;
  const details = { place: first.name };
  // A bottleneck is not linear, whatever reads its weight.
  if (spec.kind === "adapter")
    throw new EngraftError(
      "OptionError",
      'strategy "adapter" adds layers, and a new decoder has only the layers of its base',
      {
        help: "use --strategy lora, dora or ia3, which are merged into the weights",
        details,
      },
    );
  throw new EngraftError(
    "OptionError",
    `an adapter of "${first.name}" cannot be merged: other parts of the base read this weight too, such as its word embedding`,
    { help: "leave it out of targets; all means all that can be merged", details },
  );
}

/** Returns the type of a base's file as Transformers.js names it. */
export const servedType = ({ file }: Opened): "fp32" | "fp16" =>
  file?.onnx.endsWith("_fp16.onnx") ? "fp16" : "fp32";

/** The files of a trained decoder. */
export interface SavedDecoder {
  readonly onnx: Uint8Array;
  /** Name of the model's file: that of the base if its file is kept. */
  readonly path: string;
  /** Weights beside the model. */
  readonly external: readonly (readonly [path: string, content: Uint8Array])[];
  /** Type of the weights, if Transformers.js must be told. */
  readonly dtype?: "fp32" | "fp16";
}

/** Returns the files of a decoder with trained weights. @param keeps see {@link keepsFile} */
export async function savedDecoder(
  base: Opened,
  trained: Pick<Graph, "initializers">,
  {
    keeps,
    stored,
    onEvent,
    ...where
  }: Where & { readonly keeps: boolean; readonly stored: StoredAs; readonly onEvent: OnProgress },
): Promise<SavedDecoder> {
  const model = withWeights(base.imported.graph, trained.initializers);
  const served = keeps ? await servedFiles(base, model, where) : undefined;
  if (typeof served === "string") warnOfLostCache(base, served, onEvent);
  if (typeof served !== "object")
    return { onnx: toOnnx(model, { storeAs: stored }), path: "onnx/model.onnx", external: [] };
  const [[path, onnx], ...external] = served as [(typeof served)[number], ...typeof served];
  return { onnx, path, external, dtype: servedType(base) };
}

/** Returns the files beside the model, by name: those of the base, with what the chats of the run add to them. */
export async function decoderFiles(
  { text }: Opened,
  platform: Platform,
  chats?: Pick<ChatRows, "template" | "ends">,
): Promise<Readonly<Record<string, unknown>>> {
  const { files, config, generation, beside, pooling } = text;
  // Settings that end an answer where the template does.
  const ends = [generation?.eos_token_id ?? config.eos_token_id].flat();
  const settings = chats?.ends.length
    ? { ...generation, eos_token_id: [...new Set([...chats.ends, ...ends])].filter(Number.isInteger) }
    : (generation ?? {});
  const jinja = beside?.["chat_template.jinja"];
  const template = chats?.template.source ?? (jinja && (await readTemplate(jinja, platform)));
  return {
    ...(Object.keys(settings).length > 0 && { "generation_config.json": settings }),
    "1_Pooling/config.json": poolingFile(pooling),
    // Unchanged files of the base: rows of this run may be shorter than the base's maximum length.
    "tokenizer.json": files.tokenizer,
    "tokenizer_config.json": { ...files.config, ...(template && { chat_template: template }) },
  };
}
