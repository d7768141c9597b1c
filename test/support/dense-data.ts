// Small pictures of shapes with boxes or masks, and a base with feature maps of three strides.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { draws } from "../../src/core/random.js";
import { sizeOf } from "../../src/core/shape.js";
import { float32 } from "../../src/core/tensor.js";
import { Builder, Graph, toOnnx } from "../../src/graph/index.js";
import { picture } from "./pictures.js";

/** Classes of the shapes. */
export const shapeNames = ["disc", "square"] as const;

/** Side of a picture. */
export const side = 64;

/** A shape on a picture. */
interface PlacedShape {
  /** Position in {@link shapeNames}. */
  readonly label: number;
  /** x1, y1, x2, y2 in pixels. */
  readonly box: readonly [number, number, number, number];
}

/** A picture of bright discs and dark squares. */
export interface ShapesPicture {
  /** uint8[side, side, 3] */
  readonly rgb: Uint8Array;
  readonly shapes: readonly PlacedShape[];
  /** uint8[side, side]: 0 for the background, else the position of the shape's class plus 1. */
  readonly mask: Uint8Array;
}

/** Draws a picture with one shape of each class, one on each half. Every seed has another background. */
export async function shapesPicture(seed: number): Promise<ShapesPicture> {
  const rgb = Uint8Array.from(await picture(seed, side, side).raw().toBuffer());
  const mask = new Uint8Array(side * side);
  const draw = draws(seed, "shapes");
  const half = side / 2;
  const swapped = draw.integer(2);
  const shapes = shapeNames.map((_, label): PlacedShape => {
    const size = 14 + draw.integer(9);
    const x = (label === swapped ? 0 : half) + draw.integer(half - size + 1);
    const y = draw.integer(side - size + 1);
    return { label, box: [x, y, x + size, y + size] };
  });
  for (const { label, box } of shapes) {
    const [x1, y1, x2, y2] = box;
    for (let y = y1; y < y2; y++)
      for (let x = x1; x < x2; x++) {
        const [dx, dy] = [x + 0.5 - (x1 + x2) / 2, y + 0.5 - (y1 + y2) / 2];
        if (label === 0 && Math.hypot(dx, dy) > (x2 - x1) / 2) continue;
        mask[y * side + x] = label + 1;
        rgb.set(label === 0 ? [250, 240, 120] : [20, 30, 60], 3 * (y * side + x));
      }
  }
  return { rgb, shapes, mask };
}

const write = (file: string, data: Uint8Array, channels: 1 | 3): Promise<unknown> => {
  const image = sharp(data, { raw: { width: side, height: side, channels } });
  return (channels === 1 ? image.toColourspace("b-w") : image).png().toFile(file);
};

/** Writes pictures with boxes in COCO's format. @returns the folder */
export async function writeShapeBoxes(folder: string, count: number): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const images: object[] = [];
  const annotations: object[] = [];
  for (let i = 0; i < count; i++) {
    const { rgb, shapes } = await shapesPicture(i);
    await write(join(folder, `${i}.png`), rgb, 3);
    images.push({ id: i, file_name: `${i}.png`, width: side, height: side });
    for (const { label, box } of shapes) {
      const [x1, y1, x2, y2] = box;
      const bbox = [x1, y1, x2 - x1, y2 - y1];
      annotations.push({ id: annotations.length + 1, image_id: i, category_id: label + 1, bbox });
    }
  }
  const categories = shapeNames.map((name, label) => ({ id: label + 1, name }));
  writeFileSync(join(folder, "labels.json"), JSON.stringify({ images, annotations, categories }));
  return folder;
}

/** Writes pictures with masks of class numbers, and `classes.txt`. @returns the folder */
export async function writeShapeMasks(folder: string, count: number): Promise<string> {
  for (const name of ["images", "masks"]) mkdirSync(join(folder, name), { recursive: true });
  for (let i = 0; i < count; i++) {
    const { rgb, mask } = await shapesPicture(i);
    await write(join(folder, "images", `${i}.png`), rgb, 3);
    await write(join(folder, "masks", `${i}.png`), mask, 1);
  }
  writeFileSync(join(folder, "classes.txt"), ["background", ...shapeNames].join("\n"));
  return folder;
}

/** A classifier of five classes with random weights, and feature maps at the strides 4, 8 and 16. */
export function stridedNet(): Uint8Array {
  const graph = new Graph("strided");
  const g = new Builder(graph);
  const draw = draws(7, "strided net");
  const weight = (name: string, dims: readonly number[]) => {
    const sigma = Math.sqrt(2 / sizeOf(dims.slice(1)));
    return g.weight(
      name,
      float32(
        dims,
        Float32Array.from({ length: sizeOf(dims) }, () => sigma * draw.normal()),
      ),
    );
  };
  // The size that `tinyBase` states. A detector or segmenter takes another.
  const input = { dtype: "float32", shape: ["batch", 3, 32, 32] } as const;
  let x = graph.input("image", input);
  const stages = [
    [2, 8],
    [2, 12],
    [2, 16],
    [2, 24],
  ] as const;
  let channels = 3;
  for (const [i, [stride, width]] of stages.entries()) {
    const how = { pads: [1, 1, 1, 1], strides: [stride, stride] };
    x = g.relu(g.conv(x, weight(`w${i}`, [width, channels, 3, 3]), weight(`b${i}`, [width]), how));
    channels = width;
  }
  const features = g.flatten(g.globalAveragePool(x));
  graph.outputs.push(g.gemm(features, weight("fc", [channels, 5]), weight("fcb", [5])));
  return toOnnx(graph);
}
