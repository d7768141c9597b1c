import { float32 } from "../../core/tensor.js";
import type { OpAttributes, Resampling } from "../../graph/ops.js";
import { type CaseOf, type CaseTable, ints, uniform } from "./make.js";

type Attributes = OpAttributes["Resize"];
type Case = CaseOf<"Resize">;

const standard: Attributes = {
  mode: "nearest",
  coordinate_transformation_mode: "half_pixel",
  nearest_mode: "round_prefer_floor",
  cubic_coeff_a: -0.75,
  exclude_outside: false,
  extrapolation_value: 0,
  keep_aspect_ratio_policy: "stretch",
  axes: undefined,
};
const scales = (...values: number[]) => float32([values.length], values);

/** Resizes an image of 2 channels, [1, 2, 4, 5]; the axes are the last two. */
function picture(
  name: string,
  attributes: Partial<Attributes>,
  how: { readonly scales?: readonly number[]; readonly sizes?: readonly number[] },
): Case {
  const x = uniform([1, 2, 4, 5]);
  const inputs = how.scales
    ? [x, undefined, scales(1, 1, ...how.scales)]
    : [x, undefined, undefined, ints(1, 2, ...how.sizes!)];
  return { name, inputs, attributes: { ...standard, ...attributes }, differentiable: [0] };
}

const coordinates = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
] as const;
const rounding = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] as const;

const everyNearest = coordinates.flatMap((coordinate_transformation_mode) =>
  rounding.map((nearest_mode) =>
    picture(
      `nearest, ${coordinate_transformation_mode}, ${nearest_mode}`,
      { coordinate_transformation_mode, nearest_mode },
      { scales: [2.5, 0.6] },
    ),
  ),
);
const everySmooth = (["linear", "cubic"] as const).flatMap((mode) =>
  coordinates.flatMap((coordinate_transformation_mode) => [
    picture(
      `${mode}, ${coordinate_transformation_mode}, by scales`,
      { mode, coordinate_transformation_mode },
      { scales: [1.75, 0.7] },
    ),
    picture(
      `${mode}, ${coordinate_transformation_mode}, to sizes`,
      { mode, coordinate_transformation_mode },
      { sizes: [3, 9] },
    ),
  ]),
);

export const resampling: CaseTable<Resampling> = {
  Resize: [
    picture(
      "nearest, doubled, as exporters write it",
      { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
      { scales: [2, 2] },
    ),
    picture("nearest, three and two times", { nearest_mode: "round_prefer_ceil" }, { sizes: [12, 10] }),
    picture("linear, doubled", { mode: "linear" }, { scales: [2, 2] }),
    picture("linear, halved", { mode: "linear" }, { scales: [0.5, 0.5] }),
    picture(
      "linear, to one row",
      { mode: "linear", coordinate_transformation_mode: "pytorch_half_pixel" },
      { sizes: [1, 7] },
    ),
    picture("linear, nothing to do", { mode: "linear" }, { sizes: [4, 5] }),
    picture("cubic, another coefficient", { mode: "cubic", cubic_coeff_a: -0.5 }, { scales: [2, 1.5] }),
    picture("cubic, nothing from outside", { mode: "cubic", exclude_outside: true }, { scales: [2, 0.8] }),
    ...everyNearest,
    ...everySmooth,
    {
      name: "nearest, all axes",
      inputs: [uniform([2, 3, 2]), undefined, scales(2, 1.5, 3)],
      attributes: standard,
      differentiable: [0],
    },
    {
      name: "linear, three spatial axes",
      inputs: [uniform([1, 1, 2, 3, 2]), undefined, scales(1, 1, 2, 1.5, 2)],
      attributes: { ...standard, mode: "linear" },
      differentiable: [0],
    },
    {
      name: "linear, a signal",
      inputs: [uniform([2, 2, 5]), undefined, scales(1, 1, 1.6)],
      attributes: { ...standard, mode: "linear" },
      differentiable: [0],
    },
    {
      name: "linear, axes",
      inputs: [uniform([1, 2, 4, 5]), undefined, undefined, ints(10, 6)],
      attributes: { ...standard, mode: "linear", axes: [-1, 2] },
      differentiable: [0],
    },
    {
      name: "nearest, as large as fits",
      inputs: [uniform([1, 1, 4, 5]), undefined, undefined, ints(7, 8)],
      attributes: { ...standard, axes: [2, 3], keep_aspect_ratio_policy: "not_larger" },
      differentiable: [0],
    },
    {
      name: "linear, as small as covers",
      inputs: [uniform([1, 1, 4, 5]), undefined, undefined, ints(7, 8)],
      attributes: { ...standard, mode: "linear", axes: [2, 3], keep_aspect_ratio_policy: "not_smaller" },
      differentiable: [0],
    },
    ...(["nearest", "linear", "cubic"] as const).map(
      (mode): Case => ({
        name: `${mode}, a crop that leaves the picture`,
        inputs: [
          uniform([1, 2, 4, 5]),
          float32([8], [0, 0, 0.2, -0.3, 1, 1, 0.9, 1.2]),
          undefined,
          ints(1, 2, 3, 6),
        ],
        attributes: {
          ...standard,
          mode,
          coordinate_transformation_mode: "tf_crop_and_resize",
          extrapolation_value: 2.5,
        },
        differentiable: [0],
      }),
    ),
  ],
};
