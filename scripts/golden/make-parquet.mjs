// Writes Parquet files for the tests with arrow-rs, an implementation other than the tested reader. The layouts are
// those of Hugging Face datasets: https://huggingface.co/docs/datasets/about_arrow and the metadata key "huggingface".
//
//   mkdir /tmp/writer && cd /tmp/writer && npm install --ignore-scripts parquet-wasm@0.8.0 apache-arrow@21.2.0
//   node scripts/golden/make-parquet.mjs /tmp/writer
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { startProgram } from "../start-program.mjs";

const { positionals } = startProgram(import.meta.url, { takes: "WRITER", needs: ["network"] });
const require = createRequire(join(positionals[0], "package.json"));
const arrow = require("apache-arrow");
const parquet = require("parquet-wasm");
const folder = fileURLToPath(new URL("../../test/golden/parquet", import.meta.url));

const { Binary, Bool, DateDay, Field, Float64, Int32, Int64, List, Struct, Utf8 } = arrow;
const { Compression } = parquet;

/** Writes columns: `{ name: [type, values] }`. @param features of Hugging Face's metadata */
function write(path, columns, { features, codec = Compression.SNAPPY, group = 1000 } = {}) {
  const vectors = Object.entries(columns).map(([name, [type, values]]) => [
    name,
    arrow.vectorFromArray(values, type),
  ]);
  const table = new arrow.Table(Object.fromEntries(vectors));
  const properties = new parquet.WriterPropertiesBuilder()
    .setCompression(codec)
    .setMaxRowGroupSize(group)
    .setKeyValueMetadata(
      new Map(
        features ? [["huggingface", JSON.stringify({ info: { features } })]] : [["writer", "arrow-rs"]],
      ),
    )
    .build();
  const bytes = parquet.writeParquet(
    parquet.Table.fromIPCStream(arrow.tableToIPC(table, "stream")),
    properties,
  );
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, bytes);
  console.log(path, bytes.length);
}

const value = (dtype) => ({ dtype, _type: "Value" });
const classLabel = (...names) => ({ names, _type: "ClassLabel" });
const list = (type) => new List(new Field("item", type, true));
const rows = (n, of) => Array.from({ length: n }, (_, i) => of(i));

const texts = rows(24, (i) => `a ${i % 2 ? "good" : "bad"} film, number ${i}, naïve 电影`);
write(
  "texts.parquet",
  {
    text: [new Utf8(), texts],
    label: [new Int64(), rows(24, (i) => BigInt(i % 2))],
    __index_level_0__: [new Int64(), rows(24, BigInt)],
  },
  { features: { text: value("string"), label: classLabel("negative", "positive") }, group: 10 },
);

write("lz4.parquet", { text: [new Utf8(), texts] }, { codec: Compression.LZ4_RAW });

write(
  "entities.parquet",
  {
    tokens: [list(new Utf8()), rows(12, (i) => ["Ada", "Lovelace", "met", `Paul${i}`])],
    ner_tags: [list(new Int64()), rows(12, () => [1n, 2n, 0n, 1n])],
  },
  {
    features: {
      tokens: { feature: value("string"), _type: "List" },
      ner_tags: { feature: classLabel("O", "B-PER", "I-PER"), _type: "Sequence" },
    },
    codec: Compression.GZIP,
  },
);

const message = new Struct([new Field("role", new Utf8(), true), new Field("content", new Utf8(), true)]);
write("chats.parquet", {
  messages: [
    list(message),
    rows(6, (i) => [
      { role: "user", content: `What is ${i} + 1?` },
      { role: "assistant", content: i === 4 ? null : `${i + 1}` },
    ]),
  ],
  system: [new Utf8(), rows(6, (i) => (i === 0 ? "Be short." : null))],
});

const translation = new Struct([new Field("en", new Utf8(), true), new Field("de", new Utf8(), true)]);
const numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
const zahlen = ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht"];
write(
  "translation.parquet",
  {
    id: [new Utf8(), rows(24, String)],
    translation: [
      translation,
      rows(24, (i) => ({
        en: `${numbers[i % 8]} and ${numbers[i >> 3]} birds`,
        de: i === 5 ? null : `${zahlen[i % 8]} und ${zahlen[i >> 3]} Vögel`,
      })),
    ],
  },
  { features: { id: value("string"), translation: { languages: ["en", "de"], _type: "Translation" } } },
);

write(
  "table.parquet",
  {
    rooms: [new Int32(), rows(30, (i) => (i === 3 ? null : i % 5))],
    garden: [new Bool(), rows(30, (i) => i % 3 === 0)],
    town: [new Utf8(), rows(30, (i) => ["Ulm", "Rom", "Bern"][i % 3])],
    sold: [new DateDay(), rows(30, (i) => new Date(Date.UTC(2024, 0, 1 + (i % 4))))],
    price: [new Float64(), rows(30, (i) => 1000.5 + 10 * i)],
  },
  { codec: Compression.BROTLI },
);

/** A few waves per channel, different for each number. */
function picture(n) {
  const data = new Uint8Array(16 * 16 * 3);
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 16; x++)
      for (let c = 0; c < 3; c++)
        data[3 * (16 * y + x) + c] =
          128 +
          60 * Math.sin(((n + 1) * (c + 1) * x) / 7 + n) +
          60 * Math.cos(((n + 2) * (c + 2) * y) / 9 + 2 * n);
  return sharp(data, { raw: { width: 16, height: 16, channels: 3 } })
    .png()
    .toBuffer();
}

const image = new Struct([new Field("bytes", new Binary(), true), new Field("path", new Utf8(), true)]);
const features = { image: { _type: "Image" }, label: classLabel("cat", "dog") };
write(
  "metadata.parquet",
  {
    file_name: [new Utf8(), rows(8, (i) => `${i}.png`)],
    label: [new Int64(), rows(8, (i) => BigInt(i % 2))],
  },
  { features: { file_name: value("string"), label: classLabel("dog", "cat") } },
);

const bare = await Promise.all(rows(10, picture));
write("bytes.parquet", {
  image: [new Binary(), bare],
  embedding: [new Binary(), rows(10, (i) => Uint8Array.of(i, 200, 3))],
  label: [new Utf8(), rows(10, (i) => (i % 2 ? "dog" : "cat"))],
});
for (const [name, from, n] of [
  ["train-00000-of-00002", 0, 10],
  ["train-00001-of-00002", 10, 10],
  ["test-00000-of-00001", 20, 8],
]) {
  const pictures = [];
  // The structs of the second file have no path, as in files of some writers.
  for (let i = from; i < from + n; i++)
    pictures.push({ bytes: await picture(i), path: from === 10 ? null : `${i}.png` });
  const labels = rows(n, (i) => BigInt(i % 2));
  write(
    `pictures/data/${name}.parquet`,
    { image: [image, pictures], label: [new Int64(), labels] },
    { features, codec: Compression.ZSTD, group: 4 },
  );
}

// A few KB that would fill the memory: too many rows, and one page of 300 MB.
write(
  "many-rows.parquet",
  { label: [new Bool(), rows(2 ** 22 + 1, () => true)] },
  { codec: Compression.ZSTD, group: 2 ** 24 },
);
write(
  "large-page.parquet",
  { text: [new Utf8(), [" ".repeat(300_000_000)]], label: [new Utf8(), ["a"]] },
  { codec: Compression.ZSTD },
);
writeFileSync(join(folder, "texts.json"), `${JSON.stringify(texts, null, 1)}\n`);
