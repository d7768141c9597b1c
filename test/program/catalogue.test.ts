// The rows of the catalogue: their facts against the recorded repositories, and each opened from a hub with those files.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { openAudioBase } from "../../src/bases/audio/audio-base.js";
import { bodyOf } from "../../src/bases/body.js";
import { hasChanged } from "../../src/bases/hub/hub-base.js";
import { type BaseRow, catalog, useOf } from "../../src/bases/index.js";
import { openBase } from "../../src/bases/open/open-base.js";
import { openTextBase } from "../../src/bases/text/text-base.js";
import { textBody } from "../../src/bases/text/text-body.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { factsOf } from "../../src/core/results/task.js";
import { wordPieceTokenizer } from "../../src/data/texts/tokenizer.js";
import { nodePlatform } from "../../src/platform/node.js";
import type { Platform } from "../../src/platform/platform.js";
import { openDense } from "../../src/tasks/dense/dense-run.js";
import { openSoundBody } from "../../src/tasks/sounds/open-sounds.js";
import { openSpeechBase } from "../../src/tasks/transcripts/open-speech-base.js";
import { GoldenFamily } from "../support/families/golden.js";
import { pictureFile, textFile, yamnetFile, yoloxFile } from "../support/made-bases.js";
import { type FakeHub, startHub } from "./fake-hub.js";
import { recordings } from "./hub-recordings/index.js";
import type { Recording } from "./hub-recordings/recording.js";
import { megabytes, named, onnxOf, rowNamed, rows } from "./hub-rows.js";

test("has bases of the hub for pictures, boxes, texts, sounds and speech, each recorded", () => {
  expect(Object.keys(recordings).sort()).toEqual(rows.map(({ name }) => name).sort());
  const found = [...new Set(rows.map(({ task }) => task))];
  expect(found.map((task) => useOf({ task }))).toEqual(["pictures", "boxes", "texts", "sounds", "speech"]);
  for (const kind of ["image-classification", "text-classification"])
    expect(rows.filter(({ task }) => task === kind).length).toBeGreaterThanOrEqual(7);
  // In the list by task, from little to much work.
  expect(rows).toEqual(found.flatMap((kind) => rows.filter(({ task }) => task === kind)));
  for (const kind of found) {
    const works = rows.filter(({ task }) => task === kind).map(({ work }) => work);
    expect(works).toEqual(works.toSorted((a, b) => a - b));
  }
});

test("no base of the hub claims that this project has opened it, and every bundled base does", () => {
  for (const { kind, opened_by_project } of catalog) expect(opened_by_project).toBe(kind === "bundled");
});

/** The files that Engraft takes from a recorded repository. */
const used = (row: BaseRow, { files }: Recording): string[] => {
  const inside = (name: string) => [`onnx/${name}`, name].find((path) => path in files);
  const texts = ["tokenizer.json", "tokenizer_config.json", "vocab.txt", "1_Pooling/config.json"];
  const beside = ["config.json", "preprocessor_config.json", ...texts].map(inside);
  return [onnxOf(row), ...beside.filter((path) => path !== undefined)];
};

test.each(named)("%s: licence, file and download as recorded", (_, row, recording) => {
  expect(["apache-2.0", "mit", "bsd-3-clause"]).toContain(row.license);
  expect(row.ref).toBe(`hf:${recording.repo}#${onnxOf(row)}`);
  expect(Object.keys(recording.files)).toContain(onnxOf(row));
  for (const page of recording.sources) expect(page).toMatch(/^https:\/\/(huggingface\.co|github\.com)\//);
  const total = used(row, recording).reduce((sum, path) => sum + megabytes(recording.files[path]!), 0);
  // Sizes are recorded with three digits.
  expect(Math.abs(row.download! - total)).toBeLessThan(Math.max(1, total / 200));
  expect([hasChanged(row, total), hasChanged(row, 2 * total)]).toEqual([false, true]);
});

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad"];
/** The tokenizer of XLM-R: SentencePiece's unigram model. */
const unigram = {
  version: "1.0",
  added_tokens: ["<s>", "<pad>", "</s>", "<unk>"].map((content, id) => {
    const off = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    return { id, content, special: true, ...off };
  }),
  normalizer: null,
  pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "<s>", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "</s>", type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      "<s>": { id: "<s>", ids: [0], tokens: ["<s>"] },
      "</s>": { id: "</s>", ids: [2], tokens: ["</s>"] },
    },
  },
  decoder: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
  model: {
    type: "Unigram",
    unk_id: 3,
    vocab: [
      ["<s>", 0],
      ["<pad>", 0],
      ["</s>", 0],
      ["<unk>", 0],
      ["▁good", -1],
      ["▁bad", -1],
      ["▁", -2],
    ],
  },
};

/** Front end and characters of the recogniser. The made network has 7 classes. */
const samplesOfSpeech = {
  ...{ feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000, do_normalize: true },
  ...{ feature_size: 1, padding_value: 0, padding_side: "right", return_attention_mask: false },
};
const characters = ["<pad>", "<s>", "</s>", "<unk>", "|", "E", "T"];

/** Returns a small network with the recorded inputs and kind of outputs. */
function networkOf({ features, encoder, detector, patches, speech }: Recording): Uint8Array {
  if (features) return pictureFile(features);
  if (detector) return yoloxFile(detector.side);
  if (patches) return yamnetFile(patches.width);
  if (speech) return new GoldenFamily(speech.family).bytes(14);
  return textFile(encoder!.width, pieces.length, encoder!.vocabulary !== 250_002);
}

/** The recorded files with contents of the recorded kind; only their paths and shapes are the repository's. */
function contentsOf(row: BaseRow, recording: Recording): Map<string, Uint8Array> {
  const { files, encoder, speech } = recording;
  const many = row.languages === "94 languages";
  const textType = row.name === "e5-base" ? "xlm-roberta" : "bert";
  const made: Readonly<Record<string, () => Uint8Array>> = {
    "config.json": () => bytes(encoder ? { model_type: textType, max_position_embeddings: 512 } : {}),
    "preprocessor_config.json": () =>
      bytes(
        speech
          ? samplesOfSpeech
          : { size: { height: 224, width: 224 }, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] },
      ),
    "tokenizer.json": () =>
      bytes(
        speech
          ? { model: { vocab: Object.fromEntries(characters.map((c, i) => [c, i])) } }
          : many
            ? unigram
            : wordPieceTokenizer(pieces.join("\n"), {}),
      ),
    "tokenizer_config.json": () =>
      bytes({ model_max_length: 512, ...(many && { pad_token: "<pad>", unk_token: "<unk>" }) }),
  };
  return new Map(
    Object.keys(files).map((path) => {
      if (path === onnxOf(row)) return [path, networkOf(recording)];
      const pooling = path === "1_Pooling/config.json";
      const cls = row.name.startsWith("bge");
      if (pooling) return [path, bytes({ pooling_mode_cls_token: cls, pooling_mode_mean_tokens: !cls })];
      const name = path.split("/").at(-1)!;
      return [
        path,
        path === `onnx/${name}` || !path.includes("/") ? (made[name]?.() ?? bytes(path)) : bytes(path),
      ];
    }),
  );
}

const cache = mkdtempSync(join(tmpdir(), "engraft-catalogue-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
let hub: FakeHub | undefined;
afterEach(async () => {
  await hub?.close();
  hub = undefined;
});
let places = 0;
const events: EngraftEvent[] = [];

/** Serves a repository, and returns a machine that sees it. */
async function serving(
  repo: string,
  files: ReadonlyMap<string, Uint8Array>,
  license?: string,
): Promise<Platform> {
  hub = await startHub(repo, files, license);
  events.length = 0;
  const place = join(cache, String(places++));
  const { endpoint } = hub;
  return {
    ...nodePlatform,
    env: (name) => (name === "HF_ENDPOINT" ? endpoint : undefined),
    cacheDir: () => place,
  };
}
const onEvent = (event: EngraftEvent) => void events.push(event);

test.each(named)("%s opens from the recorded files, by its name", async (name, row, recording) => {
  const contents = contentsOf(row, recording);
  const platform = await serving(recording.repo, contents);
  const { features, encoder, detector, patches, speech } = recording;
  const openedBy = { opened_by_project: false };
  if (detector) {
    const { side } = detector;
    const { preprocessing } = await openBase(name, { platform, onEvent });
    const none = { mean: [0, 0, 0], std: [1, 1, 1] };
    expect(preprocessing).toEqual({ height: side, width: side, rescale: 1, ...none, channels: "bgr" });
    // As `train --task object-detection` opens it, at another size.
    const dense = await openDense(name, {}, { height: 224, width: 320 }, platform, onEvent);
    expect(dense.kind).toBe("detector");
    expect(dense.maps.map(({ stride, height, width }) => [stride, height, width])).toEqual([
      [8, 28, 40],
      [16, 14, 20],
      [32, 7, 10],
    ]);
    expect(dense.opened.base).toMatchObject({ name, license: row.license, ...openedBy });
    expect(dense.opened.base.preprocessing).toEqual({ ...preprocessing, height: 224, width: 320 });
  } else if (patches) {
    const { base, body } = await openSoundBody(name, {}, { platform, onEvent });
    expect(base).toMatchObject({ name, license: row.license, ...openedBy });
    expect(base.audio).toMatchObject({ patches: true, extractor: { rate: 16_000 } });
    expect(body.width).toBe(patches.width);
  } else if (speech) {
    const { opened, start } = await openSpeechBase(
      { base: name },
      ["<pad>", "<unk>", "|", "e"],
      platform,
      onEvent,
    );
    expect(opened.base).toMatchObject({ name, license: row.license, ...openedBy });
    expect(opened.base.audio).toMatchObject({ preprocessor: samplesOfSpeech, tokens: characters });
    expect(start).toMatchObject({ known: 2, of: 2 });
  } else if (features) {
    const base = await openBase(name, { platform, onEvent });
    expect(base).toMatchObject({ name, license: row.license, ...openedBy, preprocessing: { height: 224 } });
    expect(bodyOf(base.imported.graph).width).toBe(features.width);
  } else {
    const base = await openTextBase(name, { platform, onEvent });
    expect(base).toMatchObject({ name, license: row.license, ...openedBy });
    // BGE was trained with the first token, the others with the mean of all.
    const pooling = name.startsWith("bge") ? "cls" : "mean";
    expect(base.text.pooling).toBe(pooling);
    expect(base.text.tokenizer.encode("good").ids).toHaveLength(3);
    const { pad } = base.text.tokenizer;
    expect(textBody(base.imported.graph, { pooling, pad }).width).toBe(encoder!.width);
  }
  expect(hub!.downloads.sort()).toEqual(used(row, recording).sort());
  // The stand-ins are smaller than the recorded files.
  const served = used(row, recording).reduce((sum, path) => sum + contents.get(path)!.length, 0) / 1e6;
  const warnings = events.filter(({ event }) => event === "warning");
  // openDense opens it once more.
  expect(warnings.slice(0, 1)).toMatchObject([
    {
      code: "changed_base",
      message: `${name} has changed on the hub: its files have ${Number(served.toPrecision(2))} MB, the catalogue says ${row.download} MB; check its page before you rely on the row, or take an earlier commit: hf:${recording.repo}@COMMIT#${onnxOf(row)}`,
    },
  ]);
});

const without = (name: string, path: string) => {
  const contents = contentsOf(rowNamed(name), recordings[name]!);
  contents.delete(path);
  return contents;
};
test.each([
  ["resnet-18", "onnx/model.onnx"],
  ["resnet-18", "preprocessor_config.json"],
  ["bge-small-zh", "tokenizer.json"],
  ["yolox-nano", "yolox_nano.onnx"],
  ["yamnet", "yamnet.fp16.onnx"],
  ["wav2vec2-base-960h", "preprocessor_config.json"],
  ["wav2vec2-base-960h", "tokenizer.json"],
])("%s without its %s says that the row has changed, before a download", async (name, path) => {
  const { repo } = recordings[name]!;
  const platform = await serving(repo, without(name, path));
  const { input } = factsOf(rowNamed(name).task);
  const open = { image: openBase, text: openTextBase, audio: openAudioBase }[input];
  await expect(open(name, { platform })).rejects.toMatchObject({
    kind: "ModelError",
    message: `${name} has changed on the hub: ${repo} has no ${path}`,
    help: `take another base of \`engraft bases\`, or an earlier commit of this one: hf:${repo}@COMMIT#${onnxOf(rowNamed(name))}`,
  });
  expect(hub!.downloads).toEqual([]);
});

test("a file beside a detector's ONNX file comes before the catalogue", async () => {
  const recording = recordings["yolox-nano"]!;
  const contents = contentsOf(rowNamed("yolox-nano"), recording);
  contents.set("preprocessor_config.json", bytes({ size: 416, do_normalize: false }));
  const platform = await serving(recording.repo, contents);
  const { preprocessing } = await openBase("yolox-nano", { platform, onEvent });
  expect(preprocessing).toMatchObject({ rescale: 1 / 255, channels: "rgb" });
});

test("a row whose repository is gone says so", async () => {
  const platform = await serving("somebody/else", new Map());
  await expect(openBase("resnet-18", { platform })).rejects.toMatchObject({
    kind: "ModelError",
    details: { base: "resnet-18", repo: "Xenova/resnet-18" },
  });
});

test("without a network a row names the address, the reason and the cure", async () => {
  const platform = await serving("somebody/else", new Map());
  await hub!.close();
  const error = openBase("resnet-18", { platform });
  await expect(error).rejects.toMatchObject({
    kind: "NetworkError",
    message: `cannot reach the hub at ${hub!.endpoint}: ECONNREFUSED`,
    help: "check the network and HF_ENDPOINT, or take a bundled base (vision-open, text-mini) or one that was downloaded before: they need no network",
  });
  hub = undefined;
});

test("a text base of the hub without a tokenizer says what to put beside it, before a download", async () => {
  const contents = without("bge-small-zh", "tokenizer.json");
  contents.delete("vocab.txt");
  const platform = await serving("org/texts", contents, "mit");
  await expect(openTextBase("hf:org/texts", { platform })).rejects.toMatchObject({
    message: "org/texts does not take texts: no tokenizer is beside it",
    help: expect.stringContaining("tokenizer.json") as string,
  });
  expect(hub!.downloads).toEqual([]);
});

test.each([
  [undefined, true],
  ["unknown", true],
  ["other", true],
  ["mit", false],
])("a repository with the licence %s: warned %s", async (license, warned) => {
  const contents = contentsOf(rowNamed("resnet-18"), recordings["resnet-18"]!);
  const platform = await serving("org/pictures", contents, license);
  await openBase("hf:org/pictures", { platform, onEvent });
  const warnings = events.filter(({ event }) => event === "warning");
  expect(warnings).toMatchObject(
    warned
      ? [
          {
            code: "unknown_license",
            message:
              "org/pictures states no known licence: ask its authors before you share a model made from it, or take a base of `engraft bases`",
          },
        ]
      : [],
  );
});
