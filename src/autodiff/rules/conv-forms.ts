import { hasPhases } from "./conv-phases.js";
import {
  type ConvShape,
  chooseInputForm,
  chooseWeightForm,
  hasImagesLast,
  type InputForm,
  pictureChannels,
  type WeightForm,
} from "./conv-shape.js";

/** A gradient of a convolution: for its weights, or for its input. */
export type ConvGradient = "dw" | "dx";
export type ConvForm = WeightForm | InputForm;

/** Chooses the form of a gradient; undefined: by the rule. */
export type ChooseForm = (gradient: ConvGradient, shape: ConvShape) => ConvForm | undefined;

/** Forms that a training chose instead of the rule's, by {@link formKey}. */
export type ChosenForms = Readonly<Record<string, ConvForm>>;

/** Returns the forms that are correct for a shape and worth measuring, the rule's choice first. */
export function formsOf(gradient: ConvGradient, shape: ConvShape): readonly ConvForm[] {
  const byRule = gradient === "dw" ? chooseWeightForm(shape) : inputFormByRule(shape);
  const others = gradient === "dw" ? otherWeightForms(shape, byRule as WeightForm) : otherInputForms(byRule);
  return [byRule, ...others.filter((form) => form !== byRule)];
}

/** Returns the form of the input's gradient if nothing was measured. */
function inputFormByRule(shape: ConvShape): InputForm {
  const form = chooseInputForm(shape);
  return form === "phases" && !hasPhases(shape) ? "transposed" : form;
}

const otherInputForms = (byRule: ConvForm): readonly InputForm[] =>
  byRule === "transposed" ? [] : ["transposed"];

function otherWeightForms(shape: ConvShape, byRule: WeightForm): readonly WeightForm[] {
  const { x, y, group } = shape;
  if (byRule === "pointwise-batched" || byRule === "pointwise-single")
    return ["pointwise-batched", "pointwise-single"];
  // The other forms are for 2-d convolutions with one group.
  if (group !== 1 || y.length !== 4) return ["im2col"];
  const columns = hasImagesLast(shape) ? "images-last" : "im2col";
  return x[1]! <= pictureChannels ? [columns, "outer-shift", "exchanged"] : [columns, "outer-shift"];
}

/** Key of everything that a form's time depends on: `dw 16×64×56×56 64×64×3×3 by 1,1 1,1 1,1,1,1 1`. */
export function formKey(gradient: ConvGradient, shape: ConvShape): string {
  const { x, w, strides, dilations, pads, group } = shape;
  return `${gradient} ${x.join("×")} ${w.join("×")} by ${strides} ${dilations} ${pads} ${group}`;
}

/** Returns the chosen form if it is valid for this shape, else the rule's. */
export function formFor(gradient: ConvGradient, shape: ConvShape, choose?: ChooseForm): ConvForm {
  const forms = formsOf(gradient, shape);
  const chosen = choose?.(gradient, shape);
  return chosen !== undefined && forms.includes(chosen) ? chosen : forms[0]!;
}
