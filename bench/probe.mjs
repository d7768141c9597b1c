// Benefit of the feature cache: a second probe on the same data against the first (aim: at most a tenth), and the head
// alone on 1,000 cached examples (aim: under a second).
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { draws } from "../dist/core/random.js";
import { fitProbe } from "../dist/methods/probe/index.js";
import { median, print } from "./measure.mjs";

const options = {
  data: { type: "string", default: "assets/demo", about: "folder of pictures" },
  base: { type: "string", default: "vision-mini", about: "base: name, folder or ONNX file" },
  mean: { type: "string", about: "for a file without preprocessor_config.json" },
  std: { type: "string", about: "the same" },
  width: { type: "number", default: 512, about: "features of an example, for the head alone" },
  classes: { type: "number", default: 10, about: "classes, for the head alone" },
  repeats: { type: "number", default: 3, about: "repeats of the second probe" },
};

export const bench = {
  about: "a second probe on the same data against the first: what the feature cache saves",
  needs: [],
  options,
  smallest: { data: "assets/demo/test", width: 8, classes: 2, repeats: 1 },
};

export async function main(options) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-bench-"));
  try {
    const cli = fileURLToPath(new URL("../dist/program/main.js", import.meta.url));
    const given = ["mean", "std"].flatMap((name) => (options[name] ? [`--${name}`, options[name]] : []));
    const train = async (out) => {
      const start = performance.now();
      const words = [cli, "train", options.data, "--strategy", "probe", "--base", options.base, ...given];
      await promisify(execFile)(process.execPath, [...words, "--quiet", "--out", join(folder, out)], {
        env: { ...process.env, ENGRAFT_CACHE: join(folder, "cache") },
      });
      return (performance.now() - start) / 1000;
    };
    const first_s = await train("first");
    const seconds = [];
    for (let i = 0; i < options.repeats; i++) seconds.push(await train(`second ${i}`));
    const second_s = median(seconds);
    print({ first_s, second_s, ratio: second_s / first_s, head_s: await head(options) }, options.json);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds to fit the head on 1,000 examples of Gaussian classes. */
async function head({ width, classes }) {
  const part = (n, seed) => {
    const normal = draws(seed, "noise");
    const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
    const centre = (label, t) => draws(0, "centre", label, t).normal();
    const centres = Array.from({ length: classes }, (_, c) =>
      Array.from({ length: width }, (_, t) => centre(c, t)),
    );
    const features = new Float32Array(n * width);
    for (let i = 0; i < n; i++)
      for (let t = 0; t < width; t++) features[i * width + t] = 0.3 * centres[labels[i]][t] + normal.normal();
    return { features, labels };
  };
  const data = { train: part(1000, 1), validation: part(200, 2), dims: width, classes };
  const start = performance.now();
  fitProbe(data);
  return (performance.now() - start) / 1000;
}
