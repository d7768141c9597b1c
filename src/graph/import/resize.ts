import { int64 } from "../../core/tensor.js";
import { attribute, type NodeProto } from "../../onnx/index.js";
import type { OpAttributes } from "../ops.js";
import { type Attributes, nodeError } from "./attributes.js";
import { changed, make, type RewriteContext } from "./upgrade.js";

type Resize = OpAttributes["Resize"];

function oneOf<T extends string>(a: Attributes, name: string, ...allowed: readonly [T, ...T[]]): T | string {
  const given = a.string(name) ?? allowed[0];
  return allowed.find((v) => v === given) ?? `its ${name} is ${JSON.stringify(given)}`;
}

/** Returns the attributes of Resize in the form of opset 19, or the reason why the node stays opaque. */
export function resize({ node, a }: { readonly node: NodeProto; readonly a: Attributes }): Resize | string {
  if (a.flag("antialias")) return "its antialias filter has no gradient";
  const mode = oneOf(a, "mode", "nearest", "linear", "cubic");
  const coordinates = oneOf(
    a,
    "coordinate_transformation_mode",
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_crop_and_resize",
  );
  const nearest = oneOf(a, "nearest_mode", "round_prefer_floor", "round_prefer_ceil", "floor", "ceil");
  const policy = oneOf(a, "keep_aspect_ratio_policy", "stretch", "not_larger", "not_smaller");
  const wrong = [mode, coordinates, nearest, policy].find((text) => text.startsWith("its "));
  if (wrong !== undefined) return wrong;
  const [scales, sizes] = [node.input[2] ?? "", node.input[3] ?? ""];
  if ((scales === "") === (sizes === ""))
    throw nodeError(node, `it has ${scales ? "both scales and sizes" : "neither scales nor sizes"}`);
  const exclude_outside = a.flag("exclude_outside") ?? false;
  // For the other modes ONNX and its runtimes disagree on the meaning.
  if (exclude_outside && mode !== "cubic") return `it excludes what is outside in mode ${mode}`;
  return {
    mode: mode as Resize["mode"],
    coordinate_transformation_mode: coordinates as Resize["coordinate_transformation_mode"],
    nearest_mode: nearest as Resize["nearest_mode"],
    cubic_coeff_a: a.floatOr("cubic_coeff_a", -0.75),
    exclude_outside,
    extrapolation_value: a.floatOr("extrapolation_value", 0),
    keep_aspect_ratio_policy: policy as Resize["keep_aspect_ratio_policy"],
    axes: a.ints("axes"),
  };
}

/**
 * Returns Resize with only the inputs that count. In opset 11, empty lists mean omitted inputs. Only one mode reads
 * the region of interest. If the sizes keep batch or channels unchanged, only the other axes are named, so the
 * batch stays free.
 */
export function resizeInputs(node: NodeProto, a: Attributes, c: RewriteContext): NodeProto[] {
  const [x = "", roi = "", scales = "", sizes = ""] = node.input;
  const empty = (v: string): boolean => v === "" || c.constantOf(v)?.data.length === 0;
  let coordinates = a.string("coordinate_transformation_mode") ?? "half_pixel";
  let nearest = a.string("nearest_mode") ?? "round_prefer_floor";
  // ⌊(o + 1/2) / scale⌋ is the half-pixel position, rounded.
  if (
    coordinates === "tf_half_pixel_for_nn" &&
    nearest === "floor" &&
    (a.string("mode") ?? "nearest") === "nearest"
  )
    [coordinates, nearest] = ["half_pixel", "round_prefer_ceil"];
  const crops = coordinates === "tf_crop_and_resize";
  const inputs = [x, crops && !empty(roi) ? roi : "", empty(scales) ? "" : scales, empty(sizes) ? "" : sizes];
  const wanted = inputs[3] === "" || crops ? undefined : c.sizesOf(sizes);
  const shape = c.shapeOf(x);
  const given = a.ints("axes");
  const added = [
    attribute.string("coordinate_transformation_mode", coordinates),
    attribute.string("nearest_mode", nearest),
  ];
  const stretch = (a.string("keep_aspect_ratio_policy") ?? "stretch") === "stretch";
  if (wanted && shape && inputs[2] === "" && stretch) {
    const axes = given ?? shape.map((_, i) => i);
    const moved = axes.flatMap((axis, k) => {
      const d = shape[axis < 0 ? axis + shape.length : axis];
      return d !== null && d === wanted[k] ? [] : [[axis, wanted[k]] as const];
    });
    if (axes.length === wanted.length && moved.every(([, d]) => typeof d === "number")) {
      if (moved.length === 0) return [make("Identity", [x], [...node.output])];
      const list = moved.map(([, d]) => d as number);
      const whole = moved.length === axes.length && c.constantOf(sizes) !== undefined;
      if (!whole) inputs[3] = c.constant(`${node.output[0]}.sizes`, int64([list.length], list));
      added.push(
        attribute.ints(
          "axes",
          moved.map(([axis]) => axis),
        ),
      );
    }
  }
  if (given && !added.some((x) => x.name === "axes")) added.push(attribute.ints("axes", given));
  const dropped = ["coordinate_transformation_mode", "nearest_mode", "axes"];
  return [changed(node, inputs, dropped, added)];
}
