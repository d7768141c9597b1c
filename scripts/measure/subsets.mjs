// Small parts of the image sets, drawn by a seed, as lists for `engraft compare`.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { permutation } from "../../dist/core/random.js";

/** What is drawn from each set: images per class for training and validation, and most test images. */
export const subsets = {
  hymenoptera: { test: "val", pictures: folders },
  catdog: { test: "test", pictures: folders },
  cifar10_subset: { test: "test", pictures: folders },
  mnist_m: { test: "test", pictures: digits },
  mnist: { test: "test", pictures: digits },
  usps: { test: "test", pictures: digits },
  // The bundled demo data, which is not in the shared folder.
  demo: { test: "test", pictures: (_folder, cache, _set, part) => folders(assets, cache, "demo", part, "") },
};
const assets = fileURLToPath(new URL("../../assets", import.meta.url));
/** Most test images in total, the same for every seed. */
const mostTest = 300;

/**
 * Writes the list of one draw: `train` images per class and `validation` others by the seed; the test split is always
 * the same.
 * @param most test images of all classes together; default 300
 * @returns its path, in `cache`
 */
export async function listOf(folder, cache, set, { seed, train, validation, most = mostTest }) {
  const { pictures, test } = subsets[set];
  const pool = await pictures(folder, cache, set, "train");
  const judged = await pictures(folder, cache, set, test);
  const lines = [];
  const add = (part, label, all) => {
    for (const picture of all) lines.push(JSON.stringify({ image: picture(), label, split: part }));
  };
  const classes = Object.keys(pool);
  for (const [k, label] of classes.entries()) {
    const order = permutation(pool[label].length, seed, "draw", k).map((i) => pool[label][i]);
    if (order.length < train + validation)
      throw new Error(`${set}: ${label} has only ${order.length} pictures`);
    add("train", label, order.slice(0, train));
    add("validation", label, order.slice(train, train + validation));
    const fixed = permutation(judged[label].length, 0, "test", k).map((i) => judged[label][i]);
    add("test", label, fixed.slice(0, Math.ceil(most / classes.length)));
  }
  const text = `${lines.join("\n")}\n`;
  const name = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const path = join(cache, "lists", `${set}-${train}-${validation}-seed-${seed}-${name}.jsonl`);
  mkdirSync(join(cache, "lists"), { recursive: true });
  if (!existsSync(path)) writeFileSync(path, text);
  return path;
}

/** Returns label -> functions that give an image's path. */
function folders(folder, _cache, set, part, within = "data") {
  const root = join(folder, within, set, part);
  return Object.fromEntries(
    readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort()
      .map((label) => [
        label,
        readdirSync(join(root, label))
          .filter((file) => /\.(jpe?g|png)$/i.test(file))
          .sort()
          .map((file) => () => join(root, label, file)),
      ]),
  );
}

/** Gzipped IDX: two bytes 0, type 8 (uint8), number of dimensions, then each as big-endian int32, then the bytes. */
function readIdx(path) {
  const bytes = gunzipSync(readFileSync(path));
  const dims = Array.from({ length: bytes[3] }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  return { dims, data: bytes.subarray(4 + 4 * dims.length) };
}

/** Digits of a set: each drawn image is written as a PNG file in `cache`. */
async function digits(folder, cache, set, part) {
  const files = readdirSync(join(folder, "data/digits", set));
  const at = (what) =>
    join(
      folder,
      "data/digits",
      set,
      files.find((file) => file.startsWith(`${part}-${what}`)),
    );
  const images = readIdx(at("images"));
  const labels = readIdx(at("labels"));
  const [n, height, width, channels = 1] = images.dims;
  const size = height * width * channels;
  const root = join(cache, "pictures", set, part);
  const byLabel = Object.fromEntries(Array.from({ length: 10 }, (_, d) => [String(d), []]));
  for (let i = 0; i < n; i++) {
    const label = String(labels.data[i]);
    byLabel[label].push(() => join(root, label, `${i}.png`));
  }
  if (!existsSync(join(root, "done"))) {
    for (let i = 0; i < n; i++) {
      const label = String(labels.data[i]);
      mkdirSync(join(root, label), { recursive: true });
      await sharp(images.data.subarray(i * size, (i + 1) * size), { raw: { height, width, channels } })
        .png()
        .toFile(join(root, label, `${i}.png`));
    }
    writeFileSync(join(root, "done"), "");
  }
  return byLabel;
}
