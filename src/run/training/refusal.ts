import { type FeatureCut, featureCuts } from "../../bases/feature-cuts.js";
import { EngraftError } from "../../core/errors.js";
import type { WarningEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { extract, parametersOf } from "../../graph/surgery/index.js";
import { afterWord, selectWeights } from "../../methods/finetune/select-weights.js";

/** True for an error that says that a base cannot be fine-tuned. */
export function isRefusal(error: unknown): error is EngraftError {
  return error instanceof EngraftError && ["OperatorError", "ModelError", "ShapeError"].includes(error.kind);
}

/**
 * Returns the warning of a run whose baseline from scratch failed. A baseline trains all weights from the first step, so it may fail
 * although the run itself works.
 * @throws the error, if it is about neither the network nor its numbers nor memory
 */
export function baselinesRefused(error: unknown): WarningEvent {
  if (!(error instanceof EngraftError)) throw error;
  const { kind, details } = error;
  const memory = kind === "OptionError" && "available" in details;
  if (!memory && kind !== "NumericError" && !isRefusal(error)) throw error;
  const text = message("no-scratch-baseline", { why: error.message });
  return { event: "warning", ...warningText("baselines", text) };
}

/** Returns the refusal of a base that cannot be trained from scratch, for a run that does not fine-tune it. */
export function withoutBaselines(error: unknown): unknown {
  if (!isRefusal(error)) return error;
  return new EngraftError(error.kind, `there can be no baseline from scratch: ${error.message}`, {
    ...(error.at !== undefined && { at: error.at }),
    help: "leave --baselines out",
    details: error.details,
    cause: error,
  });
}

/**
 * Adds help for a node of the body that blocks the gradient: train the head alone, or what comes after the node, or cut
 * before it. It names the last cut before the node, which keeps most of the base.
 * @param body the base up to its features
 * @returns the same error with help for fine-tuning; other errors unchanged
 */
export function explainRefusal(error: unknown, body: Graph): unknown {
  if (!(error instanceof EngraftError) || error.kind !== "OperatorError") return error;
  const { op, node, value } = error.details;
  const index = body.nodes.findIndex((n) => n.outputs.includes(String(value)));
  if (typeof op !== "string" || index < 0) return error;
  const cut = lastCutBefore(body, index);
  const behind = trainableBehind(body, String(error.details.cut));
  const head = "use --strategy probe, which trains only a new head and needs no gradient there";
  return new EngraftError("OperatorError", `this base cannot be fine-tuned as it is: ${error.message}`, {
    at: `node ${JSON.stringify(node)}, value ${JSON.stringify(value)}, on the way to the features`,
    help: [
      head,
      ...(behind ? [`or train only what comes behind it: --trainable ${JSON.stringify(behind)}`] : []),
      cut
        ? `or cut the base before it: --cut ${JSON.stringify(cut.value)} (${cut.features ?? "?"} features) can be fine-tuned`
        : "there is no place before it where the base could be cut",
    ].join("; "),
    details: { ...error.details, ...(cut && { cut: cut.value }) },
    cause: error,
  });
}

/**
 * Returns the `--trainable` pattern for weights after a value; undefined if there are none, or if the value's sizes are
 * unknown, so that no gradient can be built after it.
 */
function trainableBehind(body: Graph, value: string): string | undefined {
  if (body.types.get(value)?.shape === undefined) return undefined;
  const weights = parametersOf(body).filter((p) => p.kind !== "statistic");
  const pattern = `${afterWord}${value}`;
  try {
    selectWeights(body, weights, pattern);
    return pattern;
  } catch {
    return undefined;
  }
}

/** Returns the last value before a node where the base can end. */
function lastCutBefore(graph: Graph, index: number): FeatureCut | undefined {
  const made = graph.producers();
  const before = graph.nodes[index]!.inputs.filter((v) => made.has(v));
  if (before.length === 0) return undefined;
  return featureCuts(extract(graph, before))
    .filter(({ features }) => features !== undefined)
    .at(-1);
}
