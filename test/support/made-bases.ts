// Small files with the inputs and the kind of outputs of hub bases. Weights are zeros.
import { zeros } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { Layers } from "./level-networks.js";

/**
 * A detector of the YOLOX family for one square picture: float32[1, 3, side, side] to float32[1, places, 85], a tower for
 * classes and one for boxes on strides 8, 16 and 32. Boxes are not decoded in the file.
 * @see https://github.com/Megvii-BaseDetection/YOLOX/blob/main/yolox/models/yolo_head.py
 */
export function yoloxFile(side: number): Uint8Array {
  const graph = new Graph("yolox");
  const l = new Layers(graph);
  const { g } = l;
  const images = graph.input("images", { dtype: "float32", shape: [1, 3, side, side] });
  let map = l.layer(l.layer(images, 8, { stride: 2 }), 8, { stride: 2 });
  const rows = [8, 16, 32].map((stride) => {
    map = l.layer(map, 16, { stride: 2 });
    const stem = l.layer(map, 16, { kernel: 1 });
    const classes = l.layer(stem, 16, { name: `classes${stride}` });
    const boxes = l.layer(stem, 16, { name: `boxes${stride}` });
    const [box, object, kinds] = [
      l.conv(boxes, 4, { kernel: 1 }),
      l.conv(boxes, 1, { kernel: 1 }),
      l.conv(classes, 80, { kernel: 1 }),
    ];
    return g.reshape(g.concat([box, g.sigmoid(object), g.sigmoid(kinds)], 1), [1, 85, (side / stride) ** 2]);
  });
  graph.outputs.push(g.transpose(g.concat(rows, 2), [0, 2, 1]));
  return toOnnx(graph);
}

/** A network over YAMNet's patches: float32[n, 96, 64] to scores float32[n, 521], with 16-bit weights. */
export function yamnetFile(width: number): Uint8Array {
  const graph = new Graph("yamnet");
  const l = new Layers(graph);
  const { g } = l;
  const patches = graph.input("patches", { dtype: "float32", shape: ["n", 96, 64] });
  const weight = g.weight("stem", zeros("float32", [width, 1, 32, 32]));
  const map = g.relu(g.conv(g.unsqueeze(patches, [1]), weight, "", { strides: [32, 32] }));
  graph.outputs.push(g.sigmoid(l.classifier(map, 521)));
  return toOnnx(graph, { fp16Initializers: true });
}

/** A network of pictures that ends in logits of 1,000 classes, or in normalised tokens. */
export function pictureFile({
  of,
  width,
}: {
  readonly of: "classes" | "tokens";
  readonly width: number;
}): Uint8Array {
  const graph = new Graph("stand-in");
  const g = new Builder(graph);
  const x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, "height", "width"] });
  const map = g.relu(
    g.conv(x, g.weight("w", zeros("float32", [width, 3, 16, 16])), undefined, { strides: [16, 16] }),
  );
  graph.outputs.push(
    of === "classes"
      ? g.matmul(g.flatten(g.globalAveragePool(map)), g.weight("fc", zeros("float32", [width, 1000])))
      : // As a LayerNormalization ends: scaled and shifted.
        g.add(
          g.mul(
            g.transpose(g.reshape(map, [0, width, -1]), [0, 2, 1]),
            g.weight("scale", zeros("float32", [width])),
          ),
          g.weight("shift", zeros("float32", [width])),
        ),
  );
  return toOnnx(graph);
}

/** An encoder of texts. @param words size of the vocabulary @param types true if it takes the segment of each token */
export function textFile(width: number, words: number, types: boolean): Uint8Array {
  const graph = new Graph("stand-in");
  const g = new Builder(graph);
  const input = (name: string) => graph.input(name, { dtype: "int64", shape: ["batch", "sequence"] });
  const ids = input("input_ids");
  const mask = g.unsqueeze(g.cast(input("attention_mask"), "float32"), [2]);
  const vectors = g.mul(g.gather(g.weight("words", zeros("float32", [words, width])), ids), mask);
  const kinds = types
    ? g.gather(g.weight("types", zeros("float32", [2, width])), input("token_type_ids"))
    : vectors;
  graph.outputs.push(g.add(vectors, kinds));
  return toOnnx(graph);
}
