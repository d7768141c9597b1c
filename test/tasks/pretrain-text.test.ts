// The pretraining of text-mini: its tokenizer, masks and pairs, and its two losses against PyTorch
// (scripts/golden/make-text-encoder.py).
import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chineseWords, splitWords } from "../../scripts/text-mini/chinese-words.mjs";
import { encoder } from "../../scripts/text-mini/corpus.mjs";
import { pooledFeatures } from "../../scripts/text-mini/features.mjs";
import { maskedBatches, maskRow, rowsOfPass, spelledRow } from "../../scripts/text-mini/masking.mjs";
import {
  maskedNetwork,
  pairNetwork,
  trainables,
  wordPairNetwork,
} from "../../scripts/text-mini/networks.mjs";
import { documentsOf, neighbours, pairBatches, pairRow } from "../../scripts/text-mini/pairs.mjs";
import { special, tokenizerFiles, trainVocabulary } from "../../scripts/text-mini/train-tokenizer.mjs";
import { tokenCounts, weighByFrequency, wordVectors } from "../../scripts/text-mini/vectors.mjs";
import { spellings, wordPieces, wordsOf } from "../../scripts/text-mini/words.mjs";
import { bert } from "../../src/bases/architectures/index.js";
import { draws } from "../../src/core/random.js";
import { float32, int64 } from "../../src/core/tensor.js";
import type { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { loopModel } from "../../src/graph/to-onnx-loop.js";
import { sgd } from "../../src/optim/index.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { classification } from "../../src/train/objectives/objective.js";
import { buildStep } from "../../src/train/step/step.js";

describe("the tokenizer", () => {
  const counts = new Map([
    ["low", 5],
    ["lower", 2],
    ["newest", 6],
    ["widest", 3],
    ["好", 4],
    ["罕", 1],
  ]);
  const rare = { chinese: 2, other: 1 };

  test("joins the most frequent pair first: es, est, then low (Sennrich et al. 2016, their words)", () => {
    const known = trainVocabulary(counts, { size: 100, rare });
    expect(known.slice(0, 5)).toEqual(special);
    const joined = known.filter((v) => v.replace("##", "").length > 1).slice(5);
    // ##e ##s 9, then ##es ##t 9; l ##o ##w 7, by either of its pairs.
    expect(joined.slice(0, 2)).toEqual(["##es", "##est"]);
    expect(joined[3]).toBe("low");
    expect(known).toContain("好");
    expect(known).not.toContain("罕");
  });

  test("stops at the requested size", () => {
    const letters = trainVocabulary(counts, { size: 0, rare }).length;
    expect(trainVocabulary(counts, { size: letters + 3, rare })).toHaveLength(letters + 3);
  });

  test("the pretraining reads texts as @huggingface/tokenizers does", () => {
    const known = trainVocabulary(counts, { size: 100, rare });
    const files = tokenizerFiles(known, 256);
    const theirs = new Tokenizer(files["tokenizer.json"], files["tokenizer_config.json"]);
    const pieces = wordPieces(new Map(known.map((v, i) => [v, i])));
    for (const text of [
      "Lower, LOWEST widest!",
      "很好  new\tlow",
      "l\u00f6w 罕",
      "",
      "don't <low>",
      "low".repeat(40),
      "zzz 𠀀 low",
    ])
      expect([2, ...wordsOf(text).flatMap(pieces), 3], text).toEqual(theirs.encode(text).ids);
  });

  test("Chinese words of several characters are tokens of their own, for @huggingface/tokenizers too", () => {
    const known = [...trainVocabulary(counts, { size: 100, rare }), "很", "吃", "好吃", "好吃的", "吃的"];
    const files = tokenizerFiles(known, 256);
    const theirs = new Tokenizer(files["tokenizer.json"], files["tokenizer_config.json"]);
    const vocabulary = new Map(known.map((v, i) => [v, i]));
    const encode = encoder(vocabulary);
    for (const text of ["很好吃的low", "好 吃", "很好", "罕好吃,lower好", "吃的"])
      expect([2, ...encode(text), 3], text).toEqual(theirs.encode(text).ids);
    const tokens = encode("很好吃的").map((id) => known[id]);
    expect(tokens).toEqual(["很", "好吃的"]);
    // The last one has no token for one of its characters.
    expect([...spellings(vocabulary)].map(([id, parts]) => [known[id], parts.map((i) => known[i])])).toEqual([
      ["好吃", ["好", "吃"]],
    ]);
  });
});

describe("Chinese words", () => {
  // 天气 has many neighbours; 气好 always follows 天.
  const others = [..."甲乙丙丁戊己庚辛"];
  const text = others.flatMap((a) => others.map((b) => `${a}天气${b}。${a}${b}`)).join("");

  test("are cohesive and occur in many contexts", () => {
    const options = { size: 10, rare: 8, cohesion: 1, company: 1 };
    expect(chineseWords(() => [text], options)).toEqual(["天气"]);
    // With the same neighbours every time, it is part of a longer word.
    expect(chineseWords(() => ["地天气好".repeat(50)], options)).toEqual([]);
    expect(chineseWords(() => [text], { ...options, rare: 100 })).toEqual([]);
  });

  test("the longest from the left wins", () => {
    const split = splitWords(["天气", "气好吃", "天气好"]);
    expect(split("a天气好吃 天气")).toEqual([
      ["a", false],
      ["天气好", true],
      ["吃 ", false],
      ["天气", true],
    ]);
  });
});

describe("word vectors", () => {
  // Documents have tokens 5 to 9 or tokens 10 to 14, never both. Token 0 does not occur.
  const random = draws(1, "t");
  const tokens = Uint16Array.from(
    { length: 4000 },
    (_, i) => 5 + 5 * (Math.floor(i / 20) % 2) + random.integer(5),
  );
  const places = Uint32Array.from({ length: 201 }, (_, i) => 20 * i);
  const documents = Uint32Array.from({ length: 201 }, (_, i) => i);
  const options = { size: 15, width: 4, window: 3, deviation: 0.05, seed: 1 };
  const table = wordVectors([{ tokens, lines: places, documents }], options);
  const row = (i: number) => table.subarray(i * 4, i * 4 + 4);
  const cosine = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, v, i) => sum + v * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b));

  test("words with the same neighbours are similar, others are not", () => {
    for (let i = 6; i < 10; i++) expect(cosine(row(5), row(i))).toBeGreaterThan(0.5);
    for (let i = 10; i < 15; i++) expect(Math.abs(cosine(row(5), row(i)))).toBeLessThan(0.3);
  });

  test("have the requested deviation, and a word without occurrences has a vector too", () => {
    const seen = table.subarray(20);
    const square = seen.reduce((sum, v) => sum + v * v, 0);
    expect(Math.sqrt(square / table.length)).toBeCloseTo(0.05, 5);
    expect(Math.hypot(...row(0))).toBeGreaterThan(0);
  });
});

test("vectors by frequency: length a / (a + p), zero for special tokens and unused tokens", () => {
  const counts = tokenCounts([{ tokens: Uint16Array.of(6, 7, 7, 7) }], 9);
  expect([...counts]).toEqual([0, 0, 0, 0, 0, 0, 1, 3, 0]);
  const table = weighByFrequency(new Float32Array(18).fill(2), counts, { width: 2, a: 0.25 });
  const lengths = Array.from({ length: 9 }, (_, i) => Math.hypot(table[2 * i]!, table[2 * i + 1]!));
  expect(lengths[6]).toBeCloseTo(0.5, 6);
  expect(lengths[7]).toBeCloseTo(0.25, 6);
  expect([...lengths.slice(0, 6), lengths[8]]).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

/** Three documents with lines of 6 and 5, of 12, and of 4 and 7 tokens. All tokens differ. */
const corpus = (() => {
  const lengths = [[6, 5], [12], [4, 7]];
  const lines = [0];
  const documents = [0];
  for (const document of lengths) {
    for (const n of document) lines.push(lines.at(-1)! + n);
    documents.push(lines.length - 1);
  }
  return {
    tokens: Uint16Array.from({ length: lines.at(-1)! }, (_, i) => 10 + i),
    lines: Uint32Array.from(lines),
    documents: Uint32Array.from(documents),
  };
})();

describe("masked words", () => {
  test("a pass has every token once, documents as a whole, with [SEP] after each", () => {
    const { count, row } = rowsOfPass(corpus, { length: 8, seed: 1, key: "t", pass: 0 });
    expect(count).toBe(Math.floor((34 + 3) / 6));
    const rows = Array.from({ length: count }, (_, i) => [...row(i)]);
    for (const r of rows) expect([r[0], r.at(-1)]).toEqual([2, 3]);
    const inner = rows.flatMap((r) => r.slice(1, -1)).filter((t) => t !== 3);
    expect(new Set(inner).size).toBe(inner.length);
  });

  test("of the chosen tokens 80 % are [MASK], 10 % another token, 10 % unchanged; pieces of a word go together", () => {
    const kind = (t: number) => (t % 3 === 1 ? "piece" : "other") as "piece" | "other";
    const seen = { mask: 0, same: 0, other: 0 };
    for (let n = 0; n < 400; n++) {
      const row = Uint16Array.from([2, ...Array.from({ length: 30 }, (_, i) => 9 + i), 3]);
      const before = [...row];
      const { places, tokens } = maskRow(row, { count: 6, kind, vocabulary: 50, random: draws(n, "t") });
      expect(places).toHaveLength(6);
      expect(tokens).toEqual(places.map((i) => before[i]));
      expect(places).not.toContain(0);
      expect(places).not.toContain(31);
      row.forEach((t, i) => {
        if (!places.includes(i)) expect(t).toBe(before[i]);
        else if (t === 4) seen.mask++;
        else if (t === before[i]) seen.same++;
        else seen.other++;
      });
    }
    // Three standard errors of a share of 2,400: 0.025 at 0.8, 0.019 at 0.1.
    expect(Math.abs(seen.mask / 2400 - 0.8)).toBeLessThan(0.025);
    expect(Math.abs(seen.same / 2400 - 0.1)).toBeLessThan(0.02);
  });

  test("words are spelled by their characters, the row keeps its length and its end", () => {
    const parts = new Map([[8, [20, 21]]]);
    expect([...spelledRow(Uint16Array.of(2, 8, 9, 3), parts)]).toEqual([2, 20, 21, 3]);
    expect([...spelledRow(Uint16Array.of(2, 9, 9, 3), parts)]).toEqual([2, 9, 9, 3]);
    const pair = pairRow([8, 9], { length: 6, dropped: 0, spelled: 1, parts }, draws(1, "t"));
    expect([...pair].map(Number)).toEqual([2, 20, 21, 9, 3, 0]);
  });

  test("a batch depends on its step alone, not on where a run began", async () => {
    const options = { seed: 3, masked: { rows: 2, length: 8, share: 0.25 }, network: { positions: 16 } };
    const vocabulary = new Map(Array.from({ length: 50 }, (_, i) => [`t${i}`, i]));
    const take = async (from: number) => {
      for await (const feeds of maskedBatches([corpus, corpus], vocabulary, options, from, 8))
        if (from++ === 7) return feeds;
      return undefined;
    };
    expect(await take(7)).toEqual(await take(0));
  });
});

describe("pairs", () => {
  const documentOf = documentsOf(corpus);

  test("a line is paired with the next one of its document, never with one of another", () => {
    expect([...documentOf]).toEqual([0, 0, 1, 2, 2]);
    const of = (line: number, fewest: number) =>
      neighbours(corpus, documentOf, line, draws(1, "t"), { split: 0, fewest })?.map((t) => [...t]);
    expect(of(0, 3)).toEqual([
      [10, 11, 12, 13, 14, 15],
      [16, 17, 18, 19, 20],
    ]);
    // The last line of its document is cut in two.
    expect(of(2, 3)!.flat()).toEqual(Array.from({ length: 12 }, (_, i) => 21 + i));
    expect(of(1, 3)).toBeUndefined();
  });

  test("a row is [CLS] text [SEP] and padding; a long text gives a window", () => {
    const short = pairRow([7, 8], { length: 6, dropped: 0 }, draws(1, "t"));
    expect([...short].map(Number)).toEqual([2, 7, 8, 3, 0, 0]);
    const long = [...pairRow(corpus.tokens, { length: 6, dropped: 0 }, draws(2, "t"))].map(Number);
    expect([long[0], long[5]]).toEqual([2, 3]);
    expect(long.slice(2, 5)).toEqual([long[1]! + 1, long[1]! + 2, long[1]! + 3]);
  });

  test("the second text of a pair is `batch` rows after the first; no two pairs share a document", async () => {
    const pairs = { batch: 3, length: 8, shares: [0.5, 0, 0.5], split: 0, fewest: 2, dropped: 0 };
    const translations = [10, 20, 30, 40].map((n): [number[], number[]] => [[n], [n + 1]]);
    for await (const feeds of pairBatches([corpus, corpus], translations, { seed: 1, pairs }, 0, 6)) {
      const ids = [...(feeds["train.x"]!.data as BigInt64Array)].map(Number);
      expect([...(feeds["train.labels"]!.data as BigInt64Array)].map(Number)).toEqual([0, 1, 2, 0, 1, 2]);
      const first = Array.from({ length: 6 }, (_, r) => ids[r * 8 + 1]!);
      expect(new Set(first).size).toBe(6);
      if (ids[2] === 3) expect(first.slice(3)).toEqual(first.slice(0, 3).map((n) => n + 1));
    }
  });
});

const made = JSON.parse(readFileSync(new URL("../golden/text-encoder.json", import.meta.url), "utf8")) as {
  readonly plain: Golden;
  readonly added: Golden;
};

describe.each([
  ["BERT's encoder", made.plain],
  ["one whose layers add to words' vectors", made.added],
])("%s: the losses are PyTorch's, and so is every gradient", (_, golden) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime({ threads: 1 });
  });
  afterAll(() => runtime.close());

  /** Sets the weights of scripts/golden/make-text-encoder.py. */
  function sines(model: Graph): void {
    golden.names.forEach((name, n) => {
      const old = model.initializers.get(name);
      if (old === undefined) return;
      const size = old.data.length;
      const data = Float32Array.from({ length: size }, (_, i) => 0.3 * Math.sin(0.7 * i + 1.3 * n));
      if (name.includes("LayerNorm.weight")) {
        model.initializers.set(
          name,
          float32(
            old.dims,
            data.map((v) => 1 + 0.1 * v),
          ),
        );
      } else model.initializers.set(name, float32(old.dims, data));
    });
  }

  /** Returns gradients by one step of SGD with learning rate 1: weights before minus weights after. */
  async function gradients(model: Graph, x: readonly number[], labels: readonly number[], dims: number[]) {
    sines(model);
    const step = buildStep({
      model,
      batch: labels.length,
      trainable: trainables(model).map((t) => ({ ...t, decay: false })),
      objective: classification(),
      optimizer: sgd(),
      batchNorm: "frozen",
    });
    const parts = { state: step.state, perStep: step.perStep, scalars: step.scalars, steps: "steps" };
    const before = new Map(step.state.map((s) => [s.input, s.initial]));
    const session = await runtime.training(loopModel(step.graph, parts), { state: before });
    const all: Record<string, ReturnType<typeof float32> | ReturnType<typeof int64>> = {
      "train.x": int64([1, ...dims], x),
      "train.labels": int64([1, labels.length], labels),
      "train.weights": float32([1, labels.length], new Float32Array(labels.length).fill(1)),
      rates: float32([1, 2], Float32Array.of(1, 1)),
      momentum: float32([1], Float32Array.of(0)),
      step: float32([1], Float32Array.of(1)),
    };
    const feeds = Object.fromEntries(step.perStep.map((name) => [name, all[name]!]));
    const { loss } = await session.steps(feeds, 1);
    const after = await session.readState();
    await session.dispose();
    const moved = trainables(model).map(({ value }) => {
      const [old, now] = [before.get(value)!.data as Float32Array, after.get(value)!.data as Float32Array];
      return [value, Array.from(old, (v, i) => v - now[i]!)] as const;
    });
    return { loss: Number(loss!.data[0]), moved: new Map(moved) };
  }

  const near = (found: Awaited<ReturnType<typeof gradients>>, want: Losses): void => {
    expect(found.loss).toBeCloseTo(want.loss, 5);
    expect([...found.moved.keys()].sort()).toEqual(Object.keys(want.gradients).sort());
    for (const [name, values] of Object.entries(want.gradients)) {
      const size = Math.max(1, ...values.map(Math.abs));
      found.moved.get(name)!.forEach((v, i) => {
        // PyTorch itself, in float32, is 1.3e-5 from its float64.
        expect(Math.abs(v - values[i]!), `${name}[${i}]`).toBeLessThan(5e-5 * size);
      });
    }
  };

  test("the encoder gives the means over each text's tokens, with [CLS] and [SEP]", async () => {
    const graph = bert(golden.sizes);
    sines(graph);
    const session = await runtime.session(toOnnx(graph));
    // The function adds [CLS] and [SEP].
    const texts = golden.pairs.ids.map((row) => row.filter((t) => t > 3));
    const { width, vectors = width } = golden.sizes;
    const found = await pooledFeatures(session, texts, vectors, 12);
    await session.dispose();
    found.forEach((v, i) => {
      expect(v).toBeCloseTo(golden.pairs.means[i]!, 5);
    });
    expect(found).toHaveLength(golden.pairs.means.length);
  });

  test("masked words", async () => {
    const { ids, begins, places, labels } = golden.masked;
    const [rows, length] = [ids.length, ids[0]!.length];
    const x = [...ids.flatMap((row, i) => [...row, begins[i]!]), ...places];
    const model = maskedNetwork(golden.sizes, { rows, length, count: 2 });
    near(await gradients(model, x, labels, [x.length]), golden.masked);
  });

  test("pairs, with padding", async () => {
    const { ids, temperature } = golden.pairs;
    const model = pairNetwork(golden.sizes, { batch: 2, length: ids[0]!.length, temperature });
    near(await gradients(model, ids.flat(), [0, 1, 0, 1], [ids.length, ids[0]!.length]), golden.pairs);
  });

  test("pairs of means of words' vectors, [CLS] and [SEP] left out", async () => {
    const { ids, temperature } = golden.words;
    const model = wordPairNetwork(golden.sizes, { batch: 2, length: ids[0]!.length, temperature });
    near(await gradients(model, ids.flat(), [0, 1, 0, 1], [ids.length, ids[0]!.length]), golden.words);
  });
});

interface Losses {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}
interface Golden {
  readonly sizes: Parameters<typeof maskedNetwork>[0];
  readonly names: readonly string[];
  readonly masked: Losses & {
    readonly ids: readonly number[][];
    readonly begins: readonly number[];
    readonly places: readonly number[];
    readonly labels: readonly number[];
  };
  readonly pairs: Losses & {
    readonly ids: readonly number[][];
    readonly temperature: number;
    readonly means: readonly number[];
  };
  readonly words: Losses & { readonly ids: readonly number[][]; readonly temperature: number };
}
