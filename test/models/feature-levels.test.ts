// The feature levels of torchvision's networks against what PyTorch's forward hooks see where their stages end
// (scripts/golden/make-levels.py), each in a file that its exporter wrote for one fixed picture size.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { findLevels } from "../../src/bases/levels/find-levels.js";
import { levelBody } from "../../src/bases/levels/level-body.js";
import type { FeatureLevel } from "../../src/bases/levels/levels.js";
import { fromOnnx } from "../../src/graph/index.js";
import { verifyGraph } from "../../src/graph/verify.js";
import { interpret } from "../../src/testing/reference/index.js";
import { digest, distance } from "../support/families/draw.js";
import { GoldenFamily } from "../support/families/golden.js";
import { valuesOf } from "../support/families/inputs.js";

interface Shape {
  readonly stride: number;
  readonly channels: readonly number[];
  readonly height: number;
  readonly width: number;
}
interface Facts<T> {
  readonly size: readonly [height: number, width: number];
  readonly levels: readonly T[];
  readonly decoder?: Shape & { readonly digests: readonly (readonly number[])[] };
}
const golden = JSON.parse(readFileSync(new URL("../golden/levels.json", import.meta.url), "utf8")) as {
  readonly small: Record<string, Facts<Shape & { readonly digests: readonly (readonly number[])[] }>>;
  readonly real: Record<string, Facts<Shape & { readonly scopes: readonly string[] }>>;
};

const shapeOf = ({ stride, height, width, values }: FeatureLevel): Shape => ({
  ...{ stride, height, width },
  channels: values.map((one) => one.channels),
});
const sizeOf = ([height, width]: readonly [number, number]) => ({ height, width });

describe.each(Object.entries(golden.small))("%s, at a size it was not exported for", (name, facts) => {
  const family = new GoldenFamily(name);
  const size = sizeOf(facts.size);
  const feeds = {
    pixel_values: valuesOf({ kind: "Floats", name: "pixel_values", dims: [2, 3, size.height, size.width] }),
  };

  test.each([family.header.opset, ...family.header.others])(
    "ends its stages where PyTorch's modules end, opset %i",
    (opset) => {
      const { graph } = family.import(opset);
      const found = findLevels(graph, { size });
      expect(found.levels.map(shapeOf)).toEqual(facts.levels.map(({ digests: _, ...shape }) => shape));
      // Interpreting takes long: the file with unfolded BatchNormalization is enough.
      if (opset !== family.header.opset) return;
      if (facts.decoder) expect(found.decoder?.channels).toBe(facts.decoder.channels[0]);
      const rows = [
        ...found.levels.map((level, n) => ({ level, ...facts.levels[n]! })),
        ...(found.decoder && facts.decoder
          ? [{ level: found.decoder, ...facts.decoder, stride: "decoder" }]
          : []),
      ];
      // An output for each value of each level.
      const values = rows.flatMap(({ level, stride, digests }) =>
        level.values.map((one, n) => ({
          level: { ...level, values: [one] },
          stride,
          n,
          golden: digests[n]!,
        })),
      );
      const body = levelBody(
        graph,
        values.map(({ level }) => level),
        size,
      );
      verifyGraph(body.graph);
      const outputs = interpret(body.graph, feeds);
      values.forEach(({ stride, n, golden: expected }, k) => {
        const numbers = [...outputs.get(body.levels[k]!.classes)!.data] as number[];
        const ours = digest(`${name}/${stride}/${n}`, numbers);
        // Both compute in float64 from the float32 weights of the file; constants are float32.
        const { error, size: norm } = distance(ours, expected, numbers.length);
        expect(error, `stride ${stride}`).toBeLessThan(1e-5 * norm);
      });
    },
  );
});

describe.each(Object.entries(golden.real))("%s, of real size", (name, facts) => {
  test("has the levels that PyTorch's hooks see", () => {
    const bytes = gunzipSync(readFileSync(new URL(`../golden/levels/${name}.onnx.gz`, import.meta.url)));
    const { graph } = fromOnnx(bytes, { externalData: (_file, _offset, length) => new Uint8Array(length!) });
    const found = findLevels(graph, { size: sizeOf(facts.size) });
    expect(found.levels.map(shapeOf)).toEqual(facts.levels.map(({ scopes: _, ...shape }) => shape));
    const scopes = found.levels.map((level, i) =>
      level.values.map(({ value }, j) => [value, value.startsWith(facts.levels[i]!.scopes[j]!)]),
    );
    expect(scopes.flat().filter(([, isIn]) => !isIn)).toEqual([]);
    const body = levelBody(graph, found.levels, sizeOf(facts.size));
    verifyGraph(body.graph);
    body.levels.forEach((level, i) => {
      const { channels, height, width } = facts.levels[i]!;
      const total = channels.reduce((a, b) => a + b);
      expect(body.graph.typeOf(level.classes).shape).toEqual(["batch", total, height, width]);
    });
  });
});
