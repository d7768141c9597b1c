import { headValues } from "../bases/heads.js";
import type { Base } from "../bases/open/open-base.js";
import { withPixels } from "../bases/pixels.js";
import type { Dim } from "../core/shape.js";
import { float32, type Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { adapt, valuesOf } from "../methods/peft/adapt.js";
import { fitAdapter, requireBase } from "../methods/peft/adapter-file.js";
import type { Platform } from "../platform/platform.js";
import { openSession } from "../runtime/open.js";
import { withExpectedOutputs } from "../runtime/output-shapes.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import { type AdapterFolder, baseOf, graphFor, readAdapter } from "./adapter-folder.js";

/** A base in the runtime, with the tensors of an adapter. */
export interface AdapterSession {
  readonly session: Session;
  /** Inputs besides the pixels, which must be fed first: their rows are those of the outputs. */
  readonly feeds: Readonly<Record<Value, Tensor>>;
  readonly folder: AdapterFolder;
}

/** Runs many adapters on one base. */
export class AdapterHost {
  private base: Base | undefined;
  /** The session, with the kind and places of the adapters that it takes. */
  private loaded: { readonly form: string; readonly session: Session } | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Activates an adapter. If it adapts the same weights as the one before, only its file is read, whatever its rank and
   * classes. Otherwise the base in memory is loaded into the runtime again.
   * @param known the base of the requesting model, if known
   * @throws ModelError if it belongs to another base, with both hashes
   */
  async use(
    path: string,
    known?: { readonly name: string; readonly sha256: string },
  ): Promise<AdapterSession> {
    const folder = await readAdapter(this.platform, path);
    const base = this.base ?? known;
    if (base) requireBase(folder.adapter, base, folder.dir);
    this.base ??= await baseOf(folder, this.platform);
    const graph = withPixels(graphFor(this.base, folder), folder.preprocessing);
    const { spec, weights } = fitAdapter(graph, folder.adapter, folder.dir);
    const form = JSON.stringify([spec.kind, spec.places, folder.adapter.base.cut, folder.preprocessing]);
    if (this.loaded?.form !== form) {
      const before = this.loaded;
      const session = await openSession(this.runtime, withAdapterInputs(graph, { ...spec, scale: 1 }), {
        label: `base "${this.base.name}" with an adapter`,
      });
      this.loaded = { form, session };
      await before?.session.dispose();
    }
    // The factor is included in B, so that adapters with another factor fit the same session.
    const feeds = [...weights].map(([value, tensor]): [Value, Tensor] =>
      spec.scale !== 1 && value.endsWith("lora_B.weight")
        ? [
            value,
            float32(
              tensor.dims,
              Float32Array.from(tensor.data as Float32Array, (v) => v * spec.scale),
            ),
          ]
        : [value, tensor],
    );
    const expected = { shapes: [["batch", folder.classes.length]], at: folder.dir };
    const session = withExpectedOutputs(this.loaded.session, expected);
    return { session, feeds: Object.fromEntries(feeds), folder };
  }
}

/** Returns the model with adapters and head as inputs, of any rank and any number of classes. */
function withAdapterInputs(graph: Graph, spec: Parameters<typeof adapt>[1]): Graph {
  const adapted = adapt(graph, spec);
  const open = new Map<Value, (dims: readonly number[]) => Dim[]>([
    [headValues.weight, ([, width]) => ["classes", width!]],
    [headValues.bias, () => ["classes"]],
  ]);
  for (const { value, suffix } of valuesOf(adapted)) {
    const first = suffix === "lora_A.weight" || suffix.startsWith("adapter_down");
    const second = suffix === "lora_B.weight" || suffix === "adapter_up.weight";
    const axis = first ? 0 : second ? 1 : -1;
    open.set(value, (dims) => dims.map((d, i): Dim => (i === axis ? "r" : d)));
  }
  const out = adapted.graph.withoutNodes((weight) => !open.has(weight));
  for (const [value, dimsOf] of open) {
    const { dims } = adapted.graph.initializers.get(value)!;
    out.input(value, { dtype: "float32", shape: dimsOf(dims) });
  }
  const outputs = new Set(adapted.graph.outputs);
  for (const node of adapted.graph.nodes)
    out.push(
      node,
      node.outputs.map((v) =>
        outputs.has(v) ? { dtype: "float32", shape: ["batch", "classes"] } : adapted.graph.types.get(v),
      ),
    );
  out.outputs.push(...adapted.graph.outputs);
  return out;
}
