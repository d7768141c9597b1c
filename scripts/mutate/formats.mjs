// The formats whose files are changed: sound files of each, and what reads them.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import sharp from "sharp";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Imports a built module: the paths are those of src/. */
const built = (path) => import(pathToFileURL(join(root, "dist", path)).href);
const library = () => built("index.js");
const platform = async () => (await built("platform/node.js")).nodePlatform;

/** Writes files into a folder. */
function lay(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Returns the paths of the files in a folder, of some endings. */
const filesIn = (folder, endings) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

/** A format of single files: `read` gets the bytes. */
const single = (files, read) => ({ files: Object.entries(files), try: async (_, bytes) => read(bytes) });

/** A format of files in folders: a changed file is written, `read` gets its folder, and the file is written back. */
const inFolder = (folders, endings, read) => ({
  files: folders.flatMap((folder) => filesIn(folder, endings).map((file) => [file, readFileSync(file)])),
  async try(file, bytes, sound) {
    writeFileSync(file, bytes);
    try {
      await read(folders.find((folder) => file.startsWith(folder)));
    } finally {
      writeFileSync(file, sound);
    }
  },
});

const inspect = async (path) => (await built("tasks/inspect-data.js")).inspectData(path);

const picture = (tint = 90) =>
  sharp({ create: { width: 24, height: 20, channels: 3, background: { r: tint, g: 255 - tint, b: 40 } } });

/** A bitmap of 24 bits: header of 54 bytes, rows from the bottom. */
function bitmap(pixels, width, height) {
  const bytes = Buffer.alloc(54 + pixels.length);
  bytes.write("BM");
  bytes.writeUInt32LE(bytes.length, 2);
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, width],
    [22, height],
  ])
    bytes.writeInt32LE(value, at);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  pixels.copy(bytes, 54);
  return bytes;
}

async function pictures() {
  const files = { "a.bmp": bitmap(await picture().raw().toBuffer(), 24, 20) };
  for (const format of ["png", "jpeg", "webp", "gif", "tiff", "avif"])
    files[`a.${format}`] = await picture().toFormat(format).toBuffer();
  const { decodePixels } = await built("data/images/decode.js");
  return single(files, (bytes) => decodePixels(bytes, { height: 32, width: 32 }));
}

async function sounds() {
  const { codecs } = JSON.parse(readFileSync(join(root, "test/golden/sounds.json"), "utf8"));
  const files = Object.fromEntries(codecs.map(({ name, file }) => [name, Buffer.from(file, "base64")]));
  const [wav] = filesIn(join(root, "assets/demo-sounds"), /\.wav$/);
  if (wav) files["a.wav"] = readFileSync(wav);
  const { soundOf } = await built("data/sounds/read-sound.js");
  const node = await platform();
  return single(files, (bytes) => soundOf(node, bytes, { rate: 16_000 }));
}

const rows = (n, line) => Array.from({ length: n }, (_, i) => line(i)).join("\n");
const text = (i) => ({
  text: `a ${i % 2 ? "good" : "bad"} text of number ${i}`,
  label: i % 2 ? "good" : "bad",
});

function lists(folder) {
  const all = [
    lay(join(folder, "csv"), {
      "a.csv": `text,label\n${rows(30, (i) => Object.values(text(i)).join(","))}\n`,
    }),
    lay(join(folder, "table"), {
      "a.csv": `a,b,c,y\n${rows(40, (i) => `${i},${(i * 7) % 5},x${i % 3},${i % 2}`)}\n`,
    }),
    lay(join(folder, "tsv"), {
      "a.tsv": `text\tlabel\n${rows(30, (i) => Object.values(text(i)).join("\t"))}\n`,
    }),
    lay(join(folder, "json"), { "a.json": JSON.stringify(Array.from({ length: 20 }, (_, i) => text(i))) }),
    lay(join(folder, "jsonl"), { "a.jsonl": rows(20, (i) => JSON.stringify(text(i))) }),
    lay(join(folder, "words"), {
      "a.txt": rows(30, (i) => (i % 6 === 5 ? "" : `word${i} ${i % 3 ? "O" : "B-PER"}`)),
    }),
  ];
  return inFolder(all, /./, (one) => inspect(join(one, readdirSync(one)[0])));
}

function parquet(folder) {
  cpSync(join(root, "test/golden/parquet"), folder, { recursive: true });
  const format = inFolder([folder], /\.parquet$/, () => undefined);
  return {
    files: format.files.filter(([, bytes]) => bytes.length < 200_000),
    try: (file, bytes) => inspectBytes(file, bytes),
  };
}

async function inspectBytes(file, bytes) {
  writeFileSync(file, bytes);
  await inspect(file);
}

function cards(folder) {
  const card =
    "---\nlicense: mit\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/*.csv\n  - split: test\n    path: '**/held.csv'\ndataset_info:\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names:\n          '0': bad\n          '1': good\n---\n# Texts\n";
  const csv = (n) => `text,label\n${rows(n, (i) => Object.values(text(i)).join(","))}\n`;
  lay(folder, { "README.md": card, "data/train.csv": csv(24), "more/held.csv": csv(12) });
  return inFolder([folder], /README/, inspect);
}

/** Annotations of two boxes in each of six pictures, in each layout that is read. */
async function boxes(folder) {
  const names = ["ant", "bee"];
  const marks = (i) => [
    [0, 2, 2, 9, 8],
    [1, 8 + (i % 4), 6, 20, 18],
  ];
  const ids = [0, 1, 2, 3, 4, 5];
  const xyxy = (_, [c, x1, y1, x2, y2]) => ({ c, x1, y1, x2, y2, w: x2 - x1, h: y2 - y1 });
  const of = (i) => marks(i).map((mark) => xyxy(i, mark));
  const relative = (i) =>
    of(i)
      .map(({ c, x1, y1, w, h }) => [c, (x1 + w / 2) / 24, (y1 + h / 2) / 20, w / 24, h / 20].join(" "))
      .join("\n");
  const forms = {
    coco: {
      "annotations.json": JSON.stringify({
        images: ids.map((id) => ({ id, file_name: `${id}.png`, width: 24, height: 20 })),
        categories: names.map((name, id) => ({ id, name })),
        annotations: ids.flatMap((i) =>
          of(i).map(({ c, x1, y1, w, h }, k) => ({
            id: 2 * i + k,
            image_id: i,
            category_id: c,
            bbox: [x1, y1, w, h],
            area: w * h,
            iscrowd: 0,
          })),
        ),
      }),
    },
    labelme: Object.fromEntries(
      ids.map((i) => [
        `${i}.json`,
        JSON.stringify({
          imagePath: `${i}.png`,
          imageWidth: 24,
          imageHeight: 20,
          shapes: of(i).map(({ c, x1, y1, x2, y2 }) => ({
            label: names[c],
            shape_type: "rectangle",
            points: [
              [x1, y1],
              [x2, y2],
            ],
          })),
        }),
      ]),
    ),
    cvat: {
      "annotations.xml": `<?xml version="1.0"?><annotations><version>1.1</version>${ids
        .map(
          (i) =>
            `<image id="${i}" name="${i}.png" width="24" height="20">${of(i)
              .map(
                ({ c, x1, y1, x2, y2 }) =>
                  `<box label="${names[c]}" xtl="${x1}" ytl="${y1}" xbr="${x2}" ybr="${y2}"/>`,
              )
              .join("")}</image>`,
        )
        .join("")}</annotations>`,
    },
    voc: Object.fromEntries(
      ids.map((i) => [
        `${i}.xml`,
        `<annotation><filename>${i}.png</filename><size><width>24</width><height>20</height><depth>3</depth></size>${of(
          i,
        )
          .map(
            ({ c, x1, y1, x2, y2 }) =>
              `<object><name>${names[c]}</name><bndbox><xmin>${x1}</xmin><ymin>${y1}</ymin><xmax>${x2}</xmax><ymax>${y2}</ymax></bndbox></object>`,
          )
          .join("")}</annotation>`,
      ]),
    ),
    yolo: {
      "data.yaml": "path: .\ntrain: images\nnames:\n  0: ant\n  1: bee\n",
      ...Object.fromEntries(ids.map((i) => [`labels/${i}.txt`, relative(i)])),
    },
    darknet: {
      "obj.names": "ant\nbee\n",
      "obj.data": "classes = 2\ntrain = train.txt\nnames = obj.names\n",
      "train.txt": ids.map((i) => `${i}.png`).join("\n"),
      ...Object.fromEntries(ids.map((i) => [`${i}.txt`, relative(i)])),
    },
  };
  const all = [];
  for (const [form, files] of Object.entries(forms)) {
    const at = lay(join(folder, form), files);
    const shown = form === "yolo" ? "images/" : "";
    for (const i of ids)
      lay(at, {
        [`${shown}${i}.png`]: await picture(40 * i)
          .png()
          .toBuffer(),
      });
    all.push(at);
  }
  return inFolder(all, /\.(json|xml|yaml|txt|names|data)$/, inspect);
}

/** A copy of a bundled base without its weights, or with them. */
function copyBase(folder, name) {
  cpSync(join(root, "assets", name), folder, { recursive: true });
  return folder;
}

async function tokenizers(folder) {
  const at = copyBase(join(folder, "text-mini"), "text-mini");
  const whole = JSON.parse(readFileSync(join(at, "tokenizer.json"), "utf8"));
  // A vocabulary of 300 tokens, so that changes meet the other fields as well.
  const vocab = Object.fromEntries(Object.entries(whole.model.vocab).filter(([, id]) => id < 300));
  writeFileSync(join(at, "tokenizer.json"), JSON.stringify({ ...whole, model: { ...whole.model, vocab } }));
  const { openTokenizer } = await built("data/texts/tokenizer.js");
  const { readJson } = await built("bases/open/read-json.js");
  const node = await platform();
  return inFolder([at], /^tokenizer.*\.json$/, async () => {
    const [tokenizer, config] = await Promise.all(
      ["tokenizer.json", "tokenizer_config.json"].map((name) => readJson(node, join(at, name))),
    );
    (await openTokenizer({ tokenizer, config }, 128)).encode("A lovely phone, number 3!");
  });
}

async function models(folder) {
  const at = copyBase(join(folder, "vision-open"), "vision-open");
  const { inspectModel } = await library();
  return inFolder([at], /\.(json|onnx)$/, () => inspectModel(at));
}

async function tensors() {
  const { encodeSafetensors, decodeSafetensors } = await built("bases/open/safetensors.js");
  const { EngraftError } = await built("core/errors.js");
  const one = { dtype: "float32", dims: [3, 4], data: Float32Array.from({ length: 12 }, (_, i) => i) };
  const file = encodeSafetensors({
    tensors: new Map([
      ["a", one],
      ["b.c", one],
    ]),
    metadata: { format: "pt" },
  });
  return single({ "a.safetensors": file }, (bytes) =>
    decodeSafetensors(bytes, (why) => new EngraftError("ModelError", why)),
  );
}

/** Models in other forms than ONNX: TF.js in a folder and in an archive, and an encoder in safetensors. */
async function imported(folder) {
  const { bert } = await built("bases/architectures/bert.js");
  const { encodeSafetensors } = await built("bases/open/safetensors.js");
  const { locateBase } = await built("bases/open/locate.js");
  const { openModelFile } = await built("bases/open/open-base.js");
  const { zipSync } = await import("fflate");
  const kernel = { name: "conv/kernel", shape: [3, 3, 3, 4], dtype: "float32" };
  const bias = { name: "conv/bias", shape: [4], dtype: "float32" };
  const config = {
    name: "conv",
    filters: 4,
    kernel_size: [3, 3],
    strides: [2, 2],
    padding: "same",
    activation: "relu",
  };
  const topology = {
    class_name: "Sequential",
    config: {
      name: "small",
      layers: [
        { class_name: "Conv2D", config: { ...config, batch_input_shape: [null, 16, 16, 3] } },
        { class_name: "GlobalAveragePooling2D", config: { name: "pooled" } },
      ],
    },
    keras_version: "2.8.0",
  };
  const model = { modelTopology: topology, weightsManifest: [{ paths: ["w.bin"], weights: [kernel, bias] }] };
  const metadata = { packageName: "@teachablemachine/image", labels: ["a", "b"], imageSize: 16 };
  const files = {
    "model.json": Buffer.from(JSON.stringify(model)),
    "w.bin": Buffer.from(new Float32Array(112).fill(0.1).buffer),
    "metadata.json": Buffer.from(JSON.stringify(metadata)),
  };
  const sizes = { vocabulary: 9, width: 8, layers: 1, heads: 2, inner: 8, positions: 6, types: 2 };
  const tensors = new Map();
  bert(sizes, (name, dims) => {
    const value = { dtype: "float32", dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) };
    tensors.set(name, value);
    return value;
  });
  const fields = {
    model_type: "bert",
    vocab_size: 9,
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
  };
  const encoder = {
    "config.json": JSON.stringify({
      ...fields,
      intermediate_size: 8,
      max_position_embeddings: 6,
      type_vocab_size: 2,
    }),
    "model.safetensors": encodeSafetensors({ tensors, metadata: { format: "pt" } }),
  };
  const folders = [
    lay(join(folder, "tfjs"), files),
    lay(join(folder, "encoder"), encoder),
    lay(join(folder, "archive"), { "project.zip": zipSync(files) }),
  ];
  const here = await platform();
  return inFolder(folders, /\.(json|bin|zip|safetensors)$/, async (at) => {
    const { onnx } = await locateBase(at === folders[2] ? join(at, "project.zip") : at, { platform: here });
    await openModelFile(onnx, here);
  });
}

/** A run on a small table, whose report is written again. */
async function runs(folder) {
  const { train, report } = await library();
  const table = join(
    lay(folder, { "a.csv": `a,b,y\n${rows(90, (i) => `${i},${(i * 7) % 5},${i % 3 ? "p" : "q"}`)}\n` }),
    "a.csv",
  );
  const out = join(folder, "run");
  await train(table, { out, strategy: "linear", baselines: false, threads: 1 });
  return inFolder([out], /^(run|result|events|test-predictions).*\.jsonl?$/, (run) => report(run));
}

const sha = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function projects() {
  const { packProject, unpackProject } = await built("studio/project-zip.js");
  const contents = ["aaa", "bbbb"].map((content) => Buffer.from(content));
  const classes = [
    { id: "c1", name: "a" },
    { id: "c2", name: "b" },
  ];
  const samples = contents.map((bytes, i) => ({ id: `s${i}`, class: "c1", hash: sha(bytes), name: `n${i}` }));
  const project = {
    format: 1,
    id: "p",
    name: "n",
    kind: "pictures",
    created: "2026",
    classes,
    samples,
    files: [],
    options: {},
  };
  const zip = await packProject(
    project,
    async (hash) => new Blob([contents.find((bytes) => sha(bytes) === hash)]),
  );
  return single({ "project.zip": Buffer.from(await zip.arrayBuffer()) }, async (bytes) => {
    const unpacked = await unpackProject(new Blob([bytes]));
    for (const { hash } of unpacked.project.samples) if (hash) await unpacked.content(hash);
  });
}

/** The formats by name. `files`: how many of 1,000 changed files are of the format. Each is made in an empty folder. */
export const formats = {
  pictures: { share: 150, make: pictures },
  sounds: { share: 120, make: sounds },
  lists: { share: 160, make: lists },
  parquet: { share: 80, make: parquet },
  cards: { share: 70, make: cards },
  boxes: { share: 130, make: boxes },
  tokenizers: { share: 100, make: tokenizers },
  models: { share: 40, make: models },
  imported: { share: 60, make: imported },
  tensors: { share: 50, make: tensors },
  runs: { share: 60, make: runs },
  projects: { share: 40, make: projects },
};
