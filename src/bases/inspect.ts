import { decisionOf } from "../autodiff/index.js";
import { requireGradients } from "../autodiff/require-gradients.js";
import { isFloat } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import { formatType, sizeOf } from "../core/shape.js";
import { defaultPlatform } from "../data/images/decode.js";
import { type Graph, readsOf } from "../graph/graph.js";
import type { Node, Value } from "../graph/node.js";
import { findCut, type Parameter, parametersOf } from "../graph/surgery/index.js";
import type { Platform } from "../platform/platform.js";
import { soundInput } from "./audio/audio-base.js";
import { bodyOf } from "./body.js";
import { type FamilyGuess, guessFamily } from "./families.js";
import { type FeatureCut, featureCuts } from "./feature-cuts.js";
import type { HubOptions } from "./hub/hub.js";
import { type InspectedLevels, inspectLevels } from "./levels/inspect-levels.js";
import { countMacs, type Macs } from "./macs.js";
import { takesSounds } from "./modality-of-base.js";
import { isSeveral, requireOneInput } from "./one-input.js";
import { locateBase } from "./open/locate.js";
import type { LocatedBase } from "./open/located.js";
import { imageInput, modelSha256, openModelFile } from "./open/open-base.js";
import { takesTokens, textBody } from "./text/text-body.js";
import { type TextModelFacts, textModelFacts } from "./text/text-model-facts.js";

/** Contents of a model file, and what can be done with it. */
export interface Inspection {
  readonly file: string;
  readonly sha256: string;
  /** Of the file, with its external weights. */
  readonly bytes: number;
  readonly producer: string;
  readonly opset: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Trainable parameters, and all stored numbers. */
  readonly parameters: { readonly trainable: number; readonly stored: number };
  readonly operators: readonly OperatorCount[];
  /** Default place of the new head. */
  readonly cut: { readonly value: string; readonly because: string } | undefined;
  readonly cuts: readonly FeatureCut[];
  /** Feature levels for boxes and masks; missing if the model does not have one input of pictures. */
  readonly levels?: InspectedLevels;
  /** Its family, recognised by structure; "unknown" if none fits. */
  readonly family: FamilyGuess;
  /** What a model of texts is; missing for others. */
  readonly text?: TextModelFacts;
  /** Multiply–accumulates of one image or sequence. */
  readonly macs: Omit<Macs, "perValue">;
  /** The backbone between cuts, in order, and whether the weights are trainable. */
  readonly stages: readonly Stage[];
  readonly fineTune: FineTune;
  readonly notes: readonly string[];
}

export interface OperatorCount {
  readonly op: string;
  readonly count: number;
  /** What its gradient is. */
  readonly decision: "rule" | "zero" | "refuse";
  readonly because?: string;
}

export interface FineTune {
  /** all: every weight is trainable; part: those after `blockedBy`; head: only a new head; none: `train` refuses it. */
  readonly can: "all" | "part" | "head" | "none";
  /** Trainable parameters of the backbone. */
  readonly parameters: number;
  /** The last node that blocks the gradient. */
  readonly blockedBy?: { readonly node: string; readonly because: string; readonly depth: number };
  /** The first value after it where the frozen part could end. */
  readonly from?: string;
  readonly words: string;
  /** What to do about a refusal. */
  readonly help?: string;
}

/** A part between two cuts. */
export interface Stage {
  /** Its last value. */
  readonly to: string;
  /** Its trainable parameters, and its multiply–accumulates per item. */
  readonly parameters: number;
  readonly macs: number;
  readonly trains: "yes" | "in part" | "no";
  /** The operator that blocks the gradient, in this stage or after it. */
  readonly blockedBy?: FineTune["blockedBy"];
}

/**
 * Inspects an ONNX file (or the folder or repository of one) without running it.
 * @throws ModelError, FileError
 */
export async function inspectModel(ref: string, options: Partial<HubOptions> = {}): Promise<Inspection> {
  const machine = options.platform ?? (await defaultPlatform());
  const located = await locateBase(ref, { ...options, platform: machine });
  const { onnx } = located;
  const opened = await openModelFile(onnx, machine);
  const { graph, opset, producer, notes } = opened.imported;
  const typed = (value: Value) => {
    const type = graph.types.get(value);
    return `${value} ${type ? formatType(type) : "of unknown type"}`;
  };
  const parameters = parametersOf(graph).filter((p) => p.kind !== "statistic");
  let stored = 0;
  for (const { dims } of graph.initializers.values()) stored += sizeOf(dims);
  const cut =
    located.cut === undefined
      ? defaultCut(graph)
      : { value: located.cut, because: "its files or the catalogue name it" };
  const cuts = featureCuts(graph);
  const levels = isSeveral(graph) ? undefined : inspectLevels(graph);
  const { perValue, ...macs } = countMacs(graph);
  // Feature levels serve as well: heads for boxes and masks need no row of features.
  const refused = levels?.usable ? undefined : await refusedAsBase(graph, located, machine);
  const tuning: FineTune = refused
    ? {
        can: "none",
        parameters: 0,
        words: `no: ${refused.message}`,
        ...(refused.help && { help: refused.help }),
      }
    : fineTune(graph, cut?.value ?? graph.outputs[0], parameters, cuts);
  return {
    file: onnx,
    sha256: await modelSha256(opened, machine),
    bytes: [opened.bytes, ...opened.externalData.values()].reduce((sum, { length }) => sum + length, 0),
    producer,
    opset,
    inputs: graph.inputs.map(typed),
    outputs: graph.outputs.map(typed),
    parameters: { trainable: total(parameters), stored },
    operators: countOperators(graph),
    cut,
    cuts,
    ...(levels && { levels }),
    family: guessFamily(graph),
    ...(takesTokens(graph) && { text: await textModelFacts(opened.imported, located, machine) }),
    macs,
    stages: stagesOf(graph, cuts, parameters, perValue, tuning),
    fineTune: tuning,
    notes,
  };
}

/** Returns the parts between cuts; the last one ends at the output. */
function stagesOf(
  { nodes }: Graph,
  cuts: readonly FeatureCut[],
  parameters: readonly Parameter[],
  macs: ReadonlyMap<Value, number>,
  { can, blockedBy }: FineTune,
): Stage[] {
  let from = 0;
  return cuts.map(({ value, depth }): Stage => {
    const [begin, end] = [from, depth + 1];
    from = end;
    const inside = parameters.filter((p) => p.depth >= begin && p.depth < end);
    const free = blockedBy ? inside.filter((p) => p.depth > blockedBy.depth).length : inside.length;
    const trains =
      can === "none" || (can === "head" && !blockedBy)
        ? "no"
        : free === inside.length
          ? "yes"
          : free > 0
            ? "in part"
            : "no";
    return {
      to: value,
      parameters: total(inside),
      macs: nodes.slice(begin, end).reduce((sum, n) => sum + (macs.get(n.outputs[0] ?? "") ?? 0), 0),
      trains,
      ...(trains !== "yes" && blockedBy && { blockedBy }),
    };
  });
}

function total(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, p) => sum + p.size, 0);
}

function defaultCut(graph: Graph): Inspection["cut"] {
  try {
    return findCut(graph);
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "ModelError") return undefined;
    throw error;
  }
}

function nameOf(node: Node): string {
  return node.kind !== "op" && node.domain !== "" ? `${node.domain}.${node.op}` : node.op;
}

/** Returns the operators, most frequent first, each with its gradient decision. */
function countOperators(graph: Graph): OperatorCount[] {
  const counts = new Map<string, { count: number; node: Node }>();
  for (const node of graph.nodes) {
    const known = counts.get(nameOf(node));
    if (known) known.count++;
    else counts.set(nameOf(node), { count: 1, node });
  }
  return [...counts]
    .map(([op, { count, node }]): OperatorCount => {
      const decision = decisionOf(node);
      return decision.kind === "rule"
        ? { op, count, decision: "rule" }
        : { op, count, decision: decision.kind, because: decision.because };
    })
    .sort((a, b) => b.count - a.count || (a.op < b.op ? -1 : 1));
}

/**
 * Returns which weights of the backbone are trainable: a gradient enters at the cut and goes back to the last node that
 * refuses it; earlier weights stay frozen.
 */
function fineTune(
  graph: Graph,
  cut: Value | undefined,
  parameters: readonly Parameter[],
  cuts: readonly FeatureCut[],
): FineTune {
  const trunk = cut === undefined ? new Set<Node>() : ancestors(graph, cut);
  const inTrunk = parameters.filter((p) => graph.nodes.some((n, i) => i === p.depth && trunk.has(n)));
  const weights = new Set(inTrunk.map((p) => p.value));
  /** Values that depend on a weight of the backbone. */
  const moving = new Set<Value>(weights);
  let blocked: { index: number; node: Node; because: string } | undefined;
  graph.nodes.forEach((node, index) => {
    if (!trunk.has(node) || !readsOf(node).some((v) => moving.has(v))) return;
    const floats = node.outputs.filter((v) => {
      const type = graph.types.get(v);
      return type === undefined || isFloat(type.dtype);
    });
    if (floats.length === 0) return;
    const decision = decisionOf(node);
    if (decision.kind === "refuse") blocked = { index, node, because: decision.because };
    if (decision.kind !== "zero") for (const v of floats) moving.add(v);
  });
  const all = total(inTrunk);
  if (cut !== undefined && !blocked) blocked = integersInTheWay(graph, cut, [...weights]);
  if (!blocked)
    return all > 0
      ? { can: "all", parameters: all, words: "yes: a gradient reaches every weight" }
      : {
          can: "head",
          parameters: 0,
          words: "only a new head: no weight of this model is known to be trainable (an int8 model?)",
        };
  const { index, node, because } = blocked;
  const free = total(inTrunk.filter((p) => p.depth > index));
  const after = new Set(graph.nodes.slice(index).flatMap((n) => n.outputs));
  const from = free > 0 ? cuts.find((c) => after.has(c.value))?.value : undefined;
  const where = `${nameOf(node)}${node.name === "" ? "" : ` "${node.name}"`}`;
  return {
    can: free > 0 ? "part" : "head",
    parameters: free,
    blockedBy: { node: where, because, depth: index },
    ...(from === undefined ? {} : { from }),
    words:
      free > 0
        ? `in part: what comes after ${where}; no gradient passes it: ${because}`
        : `only a new head: no gradient passes ${where}: ${because}`,
  };
}

/** Returns the node that blocks every gradient without refusing it: its output is an integer. */
function integersInTheWay(
  graph: Graph,
  cut: Value,
  weights: readonly Value[],
): { index: number; node: Node; because: string } | undefined {
  try {
    requireGradients(graph, cut, weights);
    return undefined;
  } catch (error) {
    if (!(error instanceof EngraftError) || error.kind !== "OperatorError") throw error;
    const { cut: last } = error.details;
    const index = graph.nodes.findIndex((n) => n.outputs.includes(String(last)));
    const node = graph.nodes[index];
    return node && { index, node, because: "what goes through it becomes integers, or steps" };
  }
}

/** Returns the nodes that compute a value. */
function ancestors(graph: Graph, value: Value): Set<Node> {
  const producers = graph.producers();
  const found = new Set<Node>();
  const open = [value];
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    const node = producers.get(v);
    if (!node || found.has(node)) continue;
    found.add(node);
    open.push(...readsOf(node));
  }
  return found;
}

/** Side of the pictures for a model that takes any size: that of most classifiers. */
const usualSize = 224;

/**
 * Returns why `train` refuses a model as a base, or undefined if it does not. It takes the first steps of a training:
 * the input, and the body up to the features.
 */
async function refusedAsBase(
  graph: Graph,
  { name, onnx, cut }: Pick<LocatedBase, "name" | "onnx" | "cut">,
  machine: Platform,
): Promise<EngraftError | undefined> {
  try {
    requireOneInput(graph, name);
    if (takesTokens(graph)) textBody(graph, { pooling: "mean", pad: 0, cut });
    else if (takesSounds(graph)) soundInput(graph, { name, onnx });
    else {
      const { input, batch, channels, fixed } = imageInput({ graph }, { name });
      // A training knows the size of its pictures, and so the width of features that follow from it.
      const sizes = { [input]: [batch, channels, usualSize, usualSize] };
      bodyOf(fixed ? graph : (await openModelFile(onnx, machine, sizes)).imported.graph, { cut });
    }
    return undefined;
  } catch (error) {
    if (error instanceof EngraftError && error.kind !== "InternalError") return error;
    throw error;
  }
}
