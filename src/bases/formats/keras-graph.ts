// A Keras network with its weights as a graph: what `fromOnnx` gives for the same network in ONNX.
import { EngraftError, messageOf } from "../../core/errors.js";
import type { Shape } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { applyLayer, unusable } from "./keras-layers.js";
import type { KerasLayer, KerasNetwork } from "./keras-topology.js";

export interface KerasModel {
  readonly network: KerasNetwork;
  /** Weights by their path, such as "block_1/conv/kernel". */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly version: 2 | 3;
}

/** Name of the graph's input. */
export const kerasInput = "pixel_values";

/** Side of a picture if the network takes any. */
const usualSide = 224;

/**
 * Builds the graph, with maps as [N, C, H, W].
 * @param wanted shape of the input, if the network takes pictures of any size; default 224 x 224
 * @param features name for the result of the network's first part
 * @returns the graph, the names of weights that no layer takes, and true if the size was chosen here
 * @throws ModelError for an input that is no picture, an unknown layer, and weights that are missing
 */
export function kerasGraph(
  { network, weights, version }: KerasModel,
  wanted?: Shape,
  features?: string,
): { readonly graph: Graph; readonly unused: readonly string[]; readonly anySize: boolean } {
  const graph = new Graph(network.name);
  const { shape, anySize } = pictureShape(network, wanted);
  const input = graph.input(kerasInput, { dtype: "float32", shape });
  const builder = new Builder(graph);
  const find = finder(weights);
  const stored = new Map<string, Value>();
  const owners = new Map<string, { readonly layer: KerasLayer; readonly place: string }>();

  const run = (part: KerasNetwork, given: readonly Value[], containers: readonly string[]): Value[] => {
    const results: Value[] = [];
    for (const [number, { layer, inputs }] of part.calls.entries()) {
      const xs = inputs.map((one) => results[one]!);
      if (inputs.length === 0) {
        const place = part.inputs.indexOf(number);
        if (place < 0)
          throw new EngraftError(
            "ModelError",
            `the network ${JSON.stringify(part.name)} takes ${JSON.stringify(layer.name)}, which is none of its inputs`,
            { help: "save the model again with Keras or TF.js" },
          );
        if (given[place] === undefined) throw severalEnds(part, "inputs");
        results.push(given[place]);
      } else if (layer.network) {
        const [result, ...others] = run(layer.network, xs, [...containers, layer.name]);
        if (others.length > 0) throw severalEnds(layer.network, "outputs");
        results.push(result!);
      } else {
        const g = builder.scope(layer.name);
        let hasWeights = false;
        const weight = (name: string, form = (tensor: Tensor): Tensor => tensor): Value => {
          hasWeights = true;
          const path = find(layer.name, name, containers);
          const own = { layer, place: [...containers, layer.name].join("/") };
          const owner = owners.get(path) ?? own;
          if (owner.layer !== layer) throw takenTwice(path, owner.place, own.place);
          owners.set(path, owner);
          // A layer that is called twice has its weights once.
          if (!stored.has(path)) stored.set(path, g.weight(name, form(weights.get(path)!)));
          return stored.get(path)!;
        };
        try {
          results.push(applyLayer({ g, layer, xs, weight, version }));
        } catch (cause) {
          throw asUnfit(layer, hasWeights, cause);
        }
      }
      if (features !== undefined && part === network && number === 1)
        results[1] = builder.nodes("Identity", [results[1]!], {}, [features])[0]!;
    }
    return part.outputs.map((one) => results[one]!);
  };
  if (network.inputs.length !== 1) throw severalEnds(network, "inputs");
  graph.outputs.push(...run(network, [input], []));
  return { graph, unused: [...weights.keys()].filter((path) => !owners.has(path)), anySize };
}

/** Returns the error of a layer. One of shapes names the layer: its weights, if it has some, are of another model. */
function asUnfit(layer: KerasLayer, hasWeights: boolean, cause: unknown): unknown {
  if ((cause as Partial<EngraftError>).kind !== "ShapeError") return cause;
  if (!hasWeights) return unusable(layer, messageOf(cause));
  return new EngraftError(
    "ModelError",
    `the weights of the layer ${JSON.stringify(layer.name)} do not fit what it gets: ${messageOf(cause)}`,
    { help: "model.json and its .bin files are of different models: download them again, together", cause },
  );
}

function takenTwice(path: string, owner: string, other: string): EngraftError {
  return new EngraftError(
    "ModelError",
    `the layers ${JSON.stringify(owner)} and ${JSON.stringify(other)} would both take the weight ${JSON.stringify(path)}`,
    { help: "give each layer a name of its own, and save the model again", details: { path, owner, other } },
  );
}

function severalEnds({ name, inputs, outputs }: KerasNetwork, what: "inputs" | "outputs"): EngraftError {
  const number = { inputs, outputs }[what].length;
  return new EngraftError(
    "ModelError",
    `the network ${JSON.stringify(name)} has ${number} ${what}, and one is read`,
    {
      help: `save the part with one of its ${what} as a model of its own`,
      details: { inputs: inputs.length, outputs: outputs.length },
    },
  );
}

/** Returns the shape of the input, with channels first. */
function pictureShape(
  network: KerasNetwork,
  wanted: Shape | undefined,
): { readonly shape: Shape; readonly anySize: boolean } {
  const given = inputShapeOf(network);
  const list = Array.isArray(given) ? (given as unknown[]) : [];
  const [, height, width, channels] = list;
  const isSide = (side: unknown): boolean =>
    side === null || (Number.isInteger(side) && (side as number) > 0 && (side as number) <= 8192);
  const isPicture =
    list.length === 4 &&
    isSide(height) &&
    isSide(width) &&
    Number.isInteger(channels) &&
    (channels as number) > 0 &&
    (channels as number) <= 4;
  if (!isPicture)
    throw new EngraftError(
      "ModelError",
      `the network ${JSON.stringify(network.name)} takes ${JSON.stringify(given ?? null)}, and networks of pictures are read: [null, height, width, channels]`,
      { help: "take a model of pictures, or export this one as ONNX", details: { shape: given } },
    );
  const anySize = height === null || width === null;
  if (anySize && wanted) return { shape: wanted, anySize };
  const side = (one: unknown): number => (one === null ? usualSide : (one as number));
  return { shape: ["batch", channels as number, side(height), side(width)], anySize };
}

function inputShapeOf({ calls, inputs }: KerasNetwork): unknown {
  const { config } = calls[inputs[0] ?? 0]!.layer;
  const shape = config.batch_input_shape ?? config.batch_shape;
  if (shape != null) return shape;
  // A sequence that begins with a network has the input of that one.
  const first = calls.find((call) => call.layer.network);
  return first?.layer.network && inputShapeOf(first.layer.network);
}

/** Returns a function that finds a weight by its layer. Writers put names of networks before, or repeat the layer's. */
function finder(weights: ReadonlyMap<string, Tensor>) {
  const byEnd = new Map<string, string[]>();
  for (const path of weights.keys()) {
    const parts = path.replace(/:\d+$/, "").split("/");
    for (let from = Math.max(0, parts.length - 8); from < parts.length - 1; from++) {
      const end = parts.slice(from).join("/");
      byEnd.set(end, [...(byEnd.get(end) ?? []), path]);
    }
  }
  return (layer: string, name: string, containers: readonly string[]): string => {
    const found = byEnd.get(`${layer}/${name}`) ?? [];
    const inside = found.filter((path) => containers.every((one) => path.split("/").includes(one)));
    const [path, ...others] = inside.length > 0 ? inside : found;
    if (path !== undefined && others.length === 0) return path;
    throw new EngraftError(
      "ModelError",
      path === undefined
        ? `the weight ${JSON.stringify(name)} of the layer ${JSON.stringify(layer)} is missing`
        : `${others.length + 1} weights may be ${JSON.stringify(name)} of the layer ${JSON.stringify(layer)}`,
      {
        help: "save or download the model again, model.json and its .bin files together",
        details: { layer, weight: name, found },
      },
    );
  };
}
