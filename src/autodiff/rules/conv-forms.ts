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

/** Which gradient of a convolution: of its weights, or of its input. */
export type ConvGradient = "dw" | "dx";
export type ConvForm = WeightForm | InputForm;

/** Says in which form a gradient is computed; undefined: by the rule. */
export type ChooseForm = (gradient: ConvGradient, shape: ConvShape) => ConvForm | undefined;

/** The forms that a training took other than by the rule, by {@link formKey}. */
export type ChosenForms = Readonly<Record<string, ConvForm>>;

/** The forms that are right for a shape and worth a trial, the one that the rule takes first. */
export function formsOf(gradient: ConvGradient, shape: ConvShape): readonly ConvForm[] {
  const byRule = gradient === "dw" ? chooseWeightForm(shape) : inputFormByRule(shape);
  const others = gradient === "dw" ? otherWeightForms(shape, byRule as WeightForm) : otherInputForms(byRule);
  return [byRule, ...others.filter((form) => form !== byRule)];
}

/** The form of the input's gradient where nothing was measured. */
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
  // The others are for pictures, and for one group.
  if (group !== 1 || y.length !== 4) return ["im2col"];
  const columns = hasImagesLast(shape) ? "images-last" : "im2col";
  return x[1]! <= pictureChannels ? [columns, "outer-shift", "exchanged"] : [columns, "outer-shift"];
}

/** One line for all that a form's time depends on: `dw 16×64×56×56 64×64×3×3 by 1,1 1,1 1,1,1,1 1`. */
export function formKey(gradient: ConvGradient, shape: ConvShape): string {
  const { x, w, strides, dilations, pads, group } = shape;
  return `${gradient} ${x.join("×")} ${w.join("×")} by ${strides} ${dilations} ${pads} ${group}`;
}

/** The form that was chosen, if it is one for this shape, and else the rule's. */
export function formFor(gradient: ConvGradient, shape: ConvShape, choose?: ChooseForm): ConvForm {
  const forms = formsOf(gradient, shape);
  const chosen = choose?.(gradient, shape);
  return chosen !== undefined && forms.includes(chosen) ? chosen : forms[0]!;
}
