// Converts the domains of the adaptation table from their own formats: digits to folders of PNG, reviews to JSONL.
// Converted once, into a folder that is kept.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";

/** An IDX file: sizes, and bytes. */
function idx(file) {
  const bytes = gunzipSync(readFileSync(file));
  const rank = bytes[3];
  const dims = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  return { dims, data: bytes.subarray(4 + 4 * rank) };
}

/** Creates folders `train/<digit>/…`, `test/<digit>/…` with the digits of a set. */
export async function digits(folder, set, kept) {
  const made = join(kept, set);
  if (existsSync(made)) return made;
  const half = `${made}.half`;
  for (const part of ["train", "test"]) {
    const files = readdirSync(join(folder, set));
    const of = (kind) =>
      idx(
        join(
          folder,
          set,
          files.find((f) => f.startsWith(`${part}-${kind}`)),
        ),
      );
    const pictures = of("images");
    const labels = of("labels").data;
    const [n, height, width, channels = 1] = pictures.dims;
    const size = height * width * channels;
    for (let d = 0; d < 10; d++) mkdirSync(join(half, part, String(d)), { recursive: true });
    for (let i = 0; i < n; i++)
      await sharp(pictures.data.subarray(i * size, (i + 1) * size), { raw: { width, height, channels } })
        .png({ compressionLevel: 1 })
        .toFile(join(half, part, String(labels[i]), `${String(i).padStart(5, "0")}.png`));
  }
  renameSync(half, made);
  return made;
}

/** Creates a JSONL of one domain of reviews: half of each class for test, the rest for training and validation. */
export function reviews(folder, domain, kept) {
  const made = join(kept, `${domain}.jsonl`);
  if (existsSync(made)) return made;
  mkdirSync(kept, { recursive: true });
  const [header, ...rows] = readFileSync(join(folder, `${domain}.tsv`), "utf8")
    .trim()
    .split("\n");
  const columns = header.split("\t");
  const seen = {};
  const lines = rows.map((row) => {
    const of = Object.fromEntries(row.split("\t").map((value, i) => [columns[i], value]));
    seen[of.label] = (seen[of.label] ?? 0) + 1;
    const split = seen[of.label] % 2 === 0 ? "test" : seen[of.label] % 20 === 1 ? "validation" : "train";
    return JSON.stringify({
      text: `${of.title}. ${of.text}`,
      label: of.label === "1" ? "positive" : "negative",
      split,
    });
  });
  writeFileSync(made, `${lines.join("\n")}\n`);
  return made;
}
