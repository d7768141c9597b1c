import { type ChooseForm, type ChosenForms, formKey } from "../../autodiff/rules/conv-forms.js";
import { isStatic, sizeOf } from "../../core/shape.js";
import type { Graph } from "../../graph/graph.js";
import type { CostStore, Runtime } from "../../runtime/runtime.js";
import type { FitOptions } from "../fit-options.js";
import type { MeasureFormsOptions, Wanted } from "./form-costs.js";

/**
 * Fewest multiplications of a whole training for which forms are measured: about a quarter of an hour on two cores.
 * Measuring a ResNet-50 takes a fiftieth of that.
 */
const worthwhile = 5e13;
/** Forward pass and two gradients. */
const passes = 3;

/**
 * Chooses the forms of a training's convolution gradients, if a measurement is worth it: by times measured on this
 * machine and stored there. A resumed training keeps the forms that it began with.
 * @param record builds the step with this choice and discards it, to see which gradients there are
 */
export async function choosesForms(
  options: FitOptions,
  record: (choose: ChooseForm) => void,
): Promise<ChooseForm | undefined> {
  const { runtime, store } = options;
  const begun = await store?.forms?.load();
  if (begun) return chooser(begun);
  const { costs } = runtime;
  if (!costs || multiplications(options) < worthwhile) return undefined;
  const mayTake = (options.memoryBytes ?? Number.POSITIVE_INFINITY) / 4;
  const { signal, onEvent, stage } = options;
  const forms = await measuredForms(runtime, costs, record, {
    mayTake,
    signal,
    onTrial: (done, total) =>
      onEvent?.({ event: "progress", phase: "forms", done, total, unit: "trials", stage }),
  });
  await store?.forms?.save(forms);
  return chooser(forms);
}

/** Returns the fastest forms by the table, after measuring what it lacks. */
export async function measuredForms(
  runtime: Runtime,
  costs: CostStore,
  record: (choose: ChooseForm) => void,
  options: MeasureFormsOptions = {},
): Promise<ChosenForms> {
  const wanted = new Map<string, Wanted>();
  record((gradient, shape) => {
    wanted.set(formKey(gradient, shape), { gradient, shape });
    return undefined;
  });
  const { fastestForms, measureForms } = await import("./form-costs.js");
  const known = await costs.load();
  const all = [...wanted.values()];
  const table = await measureForms(runtime, all, known, options);
  // A row without a form is measured again: rows change, too.
  if (Object.keys(table).some((key) => table[key] !== known[key])) await costs.save(table);
  return fastestForms(all, table);
}

export function chooser(forms: ChosenForms): ChooseForm {
  return (gradient, shape) => forms[formKey(gradient, shape)];
}

/** Multiplications of the convolutions in all steps: batch · (numbers of y) · (kernel and channels), for each pass. */
function multiplications({ model, batch, epochs, stepsPerEpoch }: FitOptions): number {
  let one = 0;
  for (const node of model.nodes)
    if (node.op === "Conv") one += ofConvolution(model, node.inputs, node.outputs);
  return passes * one * batch * epochs * stepsPerEpoch;
}

function ofConvolution(graph: Graph, [, w]: readonly string[], [y]: readonly string[]): number {
  const shape = graph.types.get(y!)?.shape?.slice(1);
  const kernel = graph.types.get(w!)?.shape;
  return isStatic(shape) && isStatic(kernel) ? sizeOf(shape) * sizeOf(kernel.slice(1)) : 0;
}
