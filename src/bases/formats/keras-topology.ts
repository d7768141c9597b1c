// The calls of the layers of a Keras network, in order. TF.js and Keras 2 write them in one way, Keras 3 in another.
import { EngraftError } from "../../core/errors.js";
import { kerasCallLimit, kerasDepthLimit } from "../../core/file-limits.js";

export type KerasConfig = Readonly<Record<string, unknown>>;

export interface KerasLayer {
  /** Class: "Conv2D". */
  readonly kind: string;
  readonly name: string;
  readonly config: KerasConfig;
  /** Set if the layer is a network itself. */
  readonly network?: KerasNetwork;
}

/** A use of a layer. Its result has the number of the call in {@link KerasNetwork.calls}. */
export interface KerasCall {
  readonly layer: KerasLayer;
  /** Numbers of the calls whose results it takes; empty for an input. */
  readonly inputs: readonly number[];
}

export interface KerasNetwork {
  readonly name: string;
  /** A call comes after those that it needs. */
  readonly calls: readonly KerasCall[];
  /** Numbers of the calls that are inputs and outputs. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const networkKinds = new Set(["Model", "Functional", "Sequential"]);

const isObject = (value: unknown): value is KerasConfig =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function damaged(why: string): EngraftError {
  return new EngraftError("ModelError", `the network of the Keras model cannot be read: ${why}`, {
    help: "save the model again with Keras or TF.js, as a Sequential or a functional model",
  });
}

/**
 * Reads a network.
 * @param kind "Sequential", "Model" or "Functional"
 * @throws ModelError for another class, a layer that is missing, or a cycle
 */
export function readNetwork(kind: unknown, config: unknown, depth = 0): KerasNetwork {
  if (typeof kind !== "string" || !networkKinds.has(kind))
    throw damaged(`it is of the class ${JSON.stringify(kind)}, not Sequential, Model or Functional`);
  if (depth > kerasDepthLimit) throw damaged(`networks lie in each other ${kerasDepthLimit} times and more`);
  // An early form of Sequential is the list of its layers alone.
  const { name = kind, layers = config, input_layers, output_layers } = isObject(config) ? config : {};
  if (typeof name !== "string" || !Array.isArray(layers)) throw damaged("it has no list of layers");
  if (layers.length > kerasCallLimit) throw damaged(`it has more than ${kerasCallLimit} layers`);
  const read = layers.map((one: unknown) => readLayer(one, depth));
  return kind === "Sequential"
    ? sequence(
        name,
        read.map(({ layer }) => layer),
      )
    : functional(name, read, { input_layers, output_layers });
}

interface ReadLayer {
  readonly layer: KerasLayer;
  readonly inbound: readonly (readonly Reference[])[];
}

function readLayer(one: unknown, depth: number): ReadLayer {
  const {
    class_name: kind,
    config,
    name = isObject(config) ? config.name : undefined,
    inbound_nodes = [],
  } = isObject(one) ? one : {};
  if (typeof kind !== "string") throw damaged("a layer has no class");
  if (typeof name !== "string" && !networkKinds.has(kind))
    throw damaged(`a layer of the class ${kind} has no name`);
  const own = { kind, name: typeof name === "string" ? name : kind, config: isObject(config) ? config : {} };
  return {
    layer: networkKinds.has(kind) ? { ...own, network: readNetwork(kind, config, depth + 1) } : own,
    inbound: readInbound(inbound_nodes, own.name),
  };
}

/** A sequence: each layer takes the result of the one before. */
function sequence(name: string, layers: readonly KerasLayer[]): KerasNetwork {
  const [first] = layers;
  if (first === undefined) throw damaged(`${JSON.stringify(name)} has no layers`);
  const shape = first.config.batch_input_shape ?? first.config.batch_shape;
  const input: KerasLayer = {
    kind: "InputLayer",
    name: `${name}_input`,
    config: { batch_input_shape: shape },
  };
  const rest = first.kind === "InputLayer" ? layers.slice(1) : layers;
  const begin = first.kind === "InputLayer" ? first : input;
  const calls = [begin, ...rest].map((layer, i) => ({ layer, inputs: i === 0 ? [] : [i - 1] }));
  return { name, calls, inputs: [0], outputs: [calls.length - 1] };
}

/** The result of a call: the layer's name, and which of its calls. */
interface Reference {
  readonly layer: string;
  readonly node: number;
}

function readReference(value: unknown): Reference {
  const [layer, node = 0, tensor = 0, named] = Array.isArray(value) ? value : [];
  if (typeof layer !== "string" || typeof node !== "number") throw damaged("a layer has a damaged input");
  if (tensor !== 0) throw damaged(`a layer takes output ${tensor} of ${JSON.stringify(layer)}`);
  const other = Object.entries(isObject(named) ? named : {}).find(([, one]) => Array.isArray(one));
  if (other) throw damaged(`a layer takes ${JSON.stringify(other)} beside ${JSON.stringify(layer)}`);
  return { layer, node };
}

/** Returns the inputs of each call of a layer. */
function readInbound(nodes: unknown, name: string): readonly (readonly Reference[])[] {
  if (!Array.isArray(nodes)) throw damaged(`the inputs of ${JSON.stringify(name)} are no list`);
  return nodes.map((node: unknown) => {
    // Keras 3: { args, kwargs }, with each tensor as { class_name: "__keras_tensor__", config: { keras_history } }.
    if (isObject(node)) {
      if (historiesIn(Object.values(isObject(node.kwargs) ? node.kwargs : {})).length > 0)
        throw damaged(`${JSON.stringify(name)} takes ${JSON.stringify(node.kwargs)} by name`);
      return historiesIn(node.args);
    }
    if (!Array.isArray(node)) throw damaged(`the inputs of ${JSON.stringify(name)} are damaged`);
    return node.map(readReference);
  });
}

function historiesIn(args: unknown): readonly Reference[] {
  const found: Reference[] = [];
  const search = (value: unknown, depth: number): void => {
    if (depth > 4 || value === null || typeof value !== "object") return;
    const { class_name: kind, config } = value as KerasConfig;
    if (kind === "__keras_tensor__" && isObject(config)) found.push(readReference(config.keras_history));
    else for (const one of Array.isArray(value) ? value : []) search(one, depth + 1);
  };
  search(args, 0);
  return found;
}

/** A network of layers that name their inputs. Calls are sorted, so that each comes after those that it needs. */
function functional(
  name: string,
  layers: readonly ReadLayer[],
  ends: { readonly input_layers: unknown; readonly output_layers: unknown },
): KerasNetwork {
  const byName = new Map<string, ReadLayer>();
  for (const one of layers) {
    if (byName.has(one.layer.name)) throw damaged(`two layers are called ${JSON.stringify(one.layer.name)}`);
    byName.set(one.layer.name, one);
  }
  const calls: KerasCall[] = [];
  const numbers = new Map<string, number>();
  const open = new Set<string>();
  const find = (reference: Reference) => {
    const found = byName.get(reference.layer);
    if (!found) throw damaged(`it has no layer ${JSON.stringify(reference.layer)}`);
    // The number of a call counts uses outside of this network as well; one use is meant by any number.
    const node = found.inbound.length <= 1 ? 0 : reference.node;
    const inputs = found.inbound[node] ?? (found.inbound.length === 0 ? [] : undefined);
    if (!inputs) throw damaged(`${JSON.stringify(reference.layer)} has no call ${reference.node}`);
    return { layer: found.layer, inputs, key: `${reference.layer}\n${node}` };
  };
  const outputs = references(ends.output_layers);
  // A stack instead of recursion: the file decides the depth.
  const stack = [...outputs].reverse();
  while (stack.length > 0) {
    const { layer, inputs, key } = find(stack.at(-1)!);
    const missing = numbers.has(key) ? [] : inputs.filter((one) => !numbers.has(find(one).key));
    if (missing.length === 0) {
      if (!numbers.has(key)) {
        numbers.set(key, calls.length);
        calls.push({ layer, inputs: inputs.map((one) => numbers.get(find(one).key)!) });
      }
      open.delete(key);
      stack.pop();
      continue;
    }
    if (open.has(key)) throw damaged(`${JSON.stringify(layer.name)} needs its own result`);
    open.add(key);
    if (calls.length + stack.length > kerasCallLimit)
      throw damaged(`it has more than ${kerasCallLimit} calls`);
    stack.push(...missing);
  }
  const numberOf = (reference: Reference): number => {
    const number = numbers.get(find(reference).key);
    if (number === undefined) throw damaged(`its outputs do not need ${JSON.stringify(reference.layer)}`);
    return number;
  };
  return {
    name,
    calls,
    inputs: references(ends.input_layers).map(numberOf),
    outputs: outputs.map(numberOf),
  };
}

function references(value: unknown): readonly Reference[] {
  if (!Array.isArray(value) || value.length === 0) throw damaged("it names no inputs or no outputs");
  // Keras 3 writes a single one without a list around it.
  return (typeof value[0] === "string" ? [value] : value).map(readReference);
}
