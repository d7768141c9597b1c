// The head on frozen features and TF-IDF of token n-grams: rows and ONNX graph against scikit-learn, and whole runs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TextTerms, withNgramHead } from "../../src/bases/text/ngram-head.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import { unitsOf } from "../../src/data/texts/tf-idf.js";
import { characterRows, fitCharacters, tokenCharacters } from "../../src/data/texts/token-characters.js";
import { fitTokenNgrams, ignoredTokens, tokenNgramRows } from "../../src/data/texts/token-ngrams.js";
import { Builder } from "../../src/graph/builder.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { evaluate, loadTextModel, train } from "../../src/index.js";
import { reviews, writeTextBase } from "../support/text-base.js";

interface Case {
  readonly train: string[];
  readonly test: string[];
  readonly terms: string[];
  readonly rows: Readonly<Record<string, number>>[];
}
const golden = JSON.parse(readFileSync(new URL("../golden/tf-idf.json", import.meta.url), "utf8")) as Record<
  "english" | "chinese" | "english characters" | "chinese characters",
  Case
>;

/** Numbers words in the order in which they come. */
function numbering() {
  const numbers = new Map<string, number>();
  const words: string[] = [];
  return {
    words,
    of: (text: string) =>
      unitsOf(text).map((word) => {
        if (!numbers.has(word)) numbers.set(word, words.push(word) - 1);
        return numbers.get(word)!;
      }),
  };
}

/** Splits texts into word pieces of two characters; Chinese characters are pieces of their own. Tokens 0 and 1 are special. */
function wordPieces() {
  const vocabulary = ["[CLS]", "[SEP]"];
  const idOf = (piece: string): number => {
    const known = vocabulary.indexOf(piece);
    return known >= 0 ? known : vocabulary.push(piece) - 1;
  };
  const piecesOf = (part: string): string[] =>
    (part.match(/\p{Script=Han}|[^\p{Script=Han}]{1,2}/gu) ?? []).map((piece, i) =>
      i === 0 || /\p{Script=Han}/u.test(piece) ? piece : `##${piece}`,
    );
  return { vocabulary, of: (text: string) => [0, ...text.split(" ").flatMap(piecesOf).map(idOf), 1] };
}

/** Checks the rows of a graph with a head of ones, in both runtimes. @param rows first columns of the row of each text */
async function expectGraphRows(
  terms: TextTerms,
  rows: readonly (readonly number[])[],
  texts: readonly (readonly number[])[],
): Promise<void> {
  // A head of ones for each column shows the row itself: logits = t, beside features of length 1 with weight 0.
  const graph = new Graph("tokens to features");
  const tokens = graph.input("tokens", { dtype: "int32", shape: ["batch", "length"] });
  const g = new Builder(graph);
  const features = g.reduceSum(g.unsqueeze(g.cast(tokens, "float32"), [2]), { axes: [1] });
  const shown = rows[0]!.length;
  const width = terms.ngrams.idf.length + (terms.characters?.bag.idf.length ?? 1);
  const weight = new Float32Array(shown * width);
  for (let k = 0; k < shown; k++) weight[k * width + k] = 1;
  const cut = { value: features, because: "" };
  const body = { graph, features, width: 1, cut, pooling: "none" } as const;
  const bytes = toOnnx(withNgramHead(body, terms, { weight, bias: new Float32Array(shown) }));
  const length = Math.max(...texts.map((ids) => ids.length)) + 2;
  const data = new Int32Array(texts.length * length).fill(-1);
  texts.forEach((ids, i) => {
    data.set(ids, i * length);
  });
  for (const [file, threads] of [["onnxruntime-node"], ["onnxruntime-web", 1]] as const) {
    const ort = (await import(file)) as typeof import("onnxruntime-web");
    if (threads) ort.env.wasm.numThreads = threads;
    const session = await ort.InferenceSession.create(bytes);
    const { logits } = await session.run({ tokens: new ort.Tensor("int32", data, [texts.length, length]) });
    const given = logits!.data as Float32Array;
    for (const [i, values] of rows.entries())
      for (let k = 0; k < shown; k++) expect(given[i * shown + k]).toBeCloseTo(values[k]!, 5);
    await session.release();
  }
}

test.each(["english", "chinese"] as const)(
  "%s texts: n-grams and rows are those of scikit-learn's TfidfVectorizer, also inside the ONNX graph",
  async (name) => {
    const { train: texts, test: held, terms, rows } = golden[name];
    const { words, of } = numbering();
    // scikit-learn kept the terms of two texts or more: those are the most frequent ones.
    const ngrams = fitTokenNgrams(texts.map(of), () => false, terms.length);
    const { unigrams, bigrams } = ngrams;
    const names = [...unigrams.map((t) => [t]), ...bigrams].map((gram) =>
      gram.map((t) => words[t]).join(" "),
    );
    expect([...names].sort()).toEqual([...terms].sort());
    const rowOf = tokenNgramRows(ngrams);
    const expected = rows.map((row) => names.map((term) => row[term] ?? 0));
    for (const [i, values] of expected.entries()) {
      const row = rowOf(of(held[i]!));
      const dense = new Float32Array(names.length);
      row.columns.forEach((c, k) => {
        dense[c] = row.values[k]!;
      });
      // Rows are float32.
      for (const [j, value] of values.entries()) expect(dense[j]).toBeCloseTo(value, 6);
    }
    await expectGraphRows(
      { ngrams },
      expected.map((row) => row.slice(0, 20)),
      held.slice(0, rows.length).map(of),
    );
  },
);

test.each(["english", "chinese"] as const)(
  "%s word pieces: sequences of characters are those of scikit-learn's TfidfVectorizer, also inside the ONNX graph",
  async (name) => {
    const { train: texts, test: held, terms, rows } = golden[`${name} characters`];
    const { vocabulary, of } = wordPieces();
    const tokens = texts.map(of);
    const all = held.slice(0, rows.length).map(of);
    const tokenOf = (id: number): string => vocabulary[id]!;
    const written = tokenCharacters({ special: new Set([0, 1]), tokenOf, vocabulary: vocabulary.length });
    const bag = fitCharacters(tokens, written, 1e6);
    expect([...bag.terms].sort()).toEqual([...terms].sort());
    const rowOf = characterRows(bag, written);
    const expected = rows.map((row) => bag.terms.map((term) => row[term] ?? 0));
    for (const [i, values] of expected.entries()) {
      const { columns, values: given } = rowOf(all[i]!);
      const dense = new Float32Array(bag.terms.length);
      columns.forEach((c, k) => {
        dense[c] = given[k]!;
      });
      for (const [j, value] of values.entries()) expect(dense[j]).toBeCloseTo(value, 6);
    }
    // One column of n-grams in front: a token that no text has.
    const ngrams = { unigrams: [1_000_000], bigrams: [], idf: [1] };
    await expectGraphRows(
      { ngrams, characters: { bag, written } },
      expected.map((row) => [0, ...row]),
      all,
    );
  },
);

test("characters of tokens: pieces continue words, special tokens and padding are no letters, long tokens are cut", () => {
  const charactersOf = (tokens: readonly string[], special: readonly number[] = []): readonly string[] =>
    tokenCharacters({
      special: new Set(special),
      tokenOf: (id) => tokens[id],
      vocabulary: tokens.length + 1,
    });
  expect(charactersOf(["[CLS]", "Good", "##ER", "好", "!", "x".repeat(40)], [0])).toEqual([
    ...[" ", " good", "er", "好", " !", ` ${"x".repeat(15)}`, " "],
  ]);
  // Bytes of other letters are not changed; "Ã" is the first byte of "é".
  expect(charactersOf(["ĠGood", "ER", "Ã©", "Ċ"])).toEqual([" good", "er", "Ã©", " ", " "]);
  expect(charactersOf(["▁Über", "ER"])).toEqual([" über", "er", " "]);
  // Without a mark, tokens are words, or the characters of a vocabulary of characters.
  expect(charactersOf(["Good", "film"])).toEqual([" good", " film", " "]);
  expect(charactersOf(["G", "o", " "])).toEqual(["g", "o", " ", " "]);
});

test("special tokens and tokens without letters belong to no n-gram, and no bigram crosses one", () => {
  const tokens = ["[CLS]", "[UNK]", "!", "##ing", "Ġ", "3", "好"];
  const ignored = ignoredTokens({ special: new Set([0, 1]), tokenOf: (id) => tokens[id] });
  expect(tokens.map((_, id) => ignored(id))).toEqual([true, true, true, false, true, false, false]);
  const { unigrams, bigrams } = fitTokenNgrams([[0, 3, 5, 2, 6, 1, 3, -1]], ignored, 100);
  expect(unigrams).toEqual([3, 5, 6]);
  expect(bigrams).toEqual([[3, 5]]);
});

test("a limit keeps the n-grams of most texts", () => {
  const texts = [[1, 2], [1, 2], [1, 3], [1]];
  const { unigrams, bigrams, idf } = fitTokenNgrams(texts, () => false, 3);
  expect([unigrams, bigrams]).toEqual([[1, 2], [[1, 2]]]);
  // 1 + ln((1 + 4) / (1 + n)), n = 4, 2, 2
  for (const [i, n] of [4, 2, 2].entries()) expect(idf[i]).toBeCloseTo(1 + Math.log(5 / (1 + n)), 12);
});

const folder = mkdtempSync(join(tmpdir(), "engraft-ngrams-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const csv = (name: string, rows: readonly { readonly text: string; readonly label: string }[]): string => {
  writeFileSync(at(name), `text,label\n${rows.map((r) => `"${r.text}",${r.label}`).join("\n")}\n`);
  return at(name);
};
const common = { task: "text-classification", cache: false, threads: 1 } as const;
/** Words behind the 24 tokens that the tiny encoder reads. */
const behind = Array.from({ length: 30 }, (_, i) => (i % 2 ? "this" : "the")).join(" ");
let base: string;
beforeAll(() => {
  base = writeTextBase(at("base"));
});

test.each(["ngram-probe", "characters"] as const)(
  "%s: eval, predict and Transformers.js give the scores of the run, also for texts longer than the encoder reads",
  {
    tags: ["thorough"],
  },
  async (strategy) => {
    // What tells the classes stands behind everything that the encoder reads. With 200 training texts, n-grams have scales.
    const long = reviews(320).map(({ text, label }) => ({ text: `${behind} ${text}`, label }));
    const data = csv("long.csv", long);
    const run = await train(data, { ...common, base, strategy, out: at(`long-${strategy}`) });
    expect(run.strategy.name).toBe(strategy);
    expect(run.task === "text-classification" && run.test.accuracy).toBeGreaterThan(0.9);
    const probe = await train(data, { ...common, base, strategy: "probe", out: at(`probe-${strategy}`) });
    expect(probe.task === "text-classification" && probe.test.accuracy).toBeLessThan(0.8);
    const scored = await evaluate(run.model, data, { threads: 1 });
    if (run.task !== "text-classification" || scored.task !== "text-classification") throw new Error("task");
    expect(scored.test.accuracy).toBe(run.test.accuracy);
    expect(scored.test.loss).toBeCloseTo(run.test.loss, 4);
    const texts = [
      long[0]!.text,
      "the soup was awful",
      "quux quux",
      "the film was really very great and lovely",
    ];
    const model = await loadTextModel(run.model, { threads: 1 });
    const ours = await model.classify(texts);
    await model.close();
    const { pipeline, env } = await import("@huggingface/transformers");
    env.allowRemoteModels = false;
    const classify = await pipeline("text-classification", run.model, { local_files_only: true });
    const theirs = (await classify(texts)) as { label: string; score: number }[];
    for (const [i, { label, score }] of theirs.entries()) {
      expect(label).toBe(ours[i]![0]!.label);
      // Transformers.js loads the weights in 8 bits only if the file has them: this one has not.
      expect(Math.abs(score - ours[i]![0]!.score)).toBeLessThan(1e-3);
    }
  },
);

test("two labelled texts a class are enough, and a text of unknown words is answered", {
  tags: ["thorough"],
}, async () => {
  const test = reviews(40).map((row) => ({ ...row, split: "test" }));
  const few = [
    { text: "good book", label: "good" },
    { text: "great film", label: "good" },
    { text: "bad soup", label: "bad" },
    { text: "awful phone", label: "bad" },
  ].map((row) => ({ ...row, split: "train" }));
  writeFileSync(
    at("few.csv"),
    `text,label,split\n${[...few, ...test].map((r) => `"${r.text}",${r.label},${r.split}`).join("\n")}\n`,
  );
  const run = await train(at("few.csv"), { ...common, base, strategy: "ngram-probe", out: at("few") });
  const model = await loadTextModel(run.model, { threads: 1 });
  const [unknown] = await model.classify(["quux"]);
  expect(unknown![0]!.score).toBeGreaterThan(0);
  await model.close();
});

test("a model of words and characters has no weight of the encoder, no features and no comparison with a training from scratch", {
  tags: ["thorough"],
}, async () => {
  const data = csv("reviews.csv", reviews(120));
  const events: EngraftEvent[] = [];
  const run = await train(data, {
    ...{ ...common, base, strategy: "characters", baselines: true, out: at("without") },
    onEvent: (event) => events.push(event),
  });
  if (run.task !== "text-classification") throw new Error("task");
  const features = events.filter((event) => event.event === "progress" && event.phase === "features");
  expect(features).toEqual([]);
  const { graph } = fromOnnx(readFileSync(join(run.model, "onnx", "model.onnx")));
  const weights = [...graph.initializers.keys()];
  expect(weights.filter((name) => !name.startsWith("engraft/") && !/^(ngrams|inputs)\//.test(name))).toEqual(
    [],
  );
  expect(Object.keys(run.baselines ?? {})).toEqual(["majority", "tf_idf"]);
  expect(run.verdict?.subject).toBe("model");
  expect(run.verdict?.words).not.toContain("ransfer");
  const card = readFileSync(join(run.model, "README.md"), "utf8");
  expect(card).toContain("none of its weights");
  await expect(
    train(data, { ...common, base, strategy: "finetune", initFrom: run.model, out: at("from") }),
  ).rejects.toMatchObject({ kind: "ModelError" });
});

test("a run that asked for no strategy keeps words and characters if they are better by more than a standard error", {
  tags: ["thorough"],
}, async () => {
  // Four letters of each word are exchanged, so that its pieces are others each time.
  const source = draws(0, "misspelt");
  const words = [
    "payment",
    "delivery",
    "account",
    "refunded",
    "transfer",
    "password",
    "cardnumber",
    "exchange",
  ];
  const misspelt = Array.from({ length: 400 }, (_, i) => {
    const label = words[i % words.length]!;
    const letters = [...label];
    for (let n = 0; n < 4; n++)
      letters[source.integer(letters.length)] = "abcdefghijklmnopqrstuvwxyz"[source.integer(26)]!;
    return { text: letters.join(""), label };
  });
  const run = await train(csv("misspelt.csv", misspelt), { ...common, out: at("misspelt") });
  if (run.task !== "text-classification") throw new Error("task");
  expect(run.strategy.name).toBe("characters");
  const scored = await evaluate(run.model, at("misspelt.csv"), { threads: 1 });
  expect(scored.task === "text-classification" && scored.test.accuracy).toBe(run.test.accuracy);
});

test("texts without a word, and tasks without one class per text, are refused by name", {
  tags: ["thorough"],
}, async () => {
  const marks = csv(
    "marks.csv",
    Array.from({ length: 40 }, (_, i) => ({
      text: `${"!".repeat(1 + (i % 20))} quux${i}`,
      label: i % 2 ? "a" : "b",
    })),
  );
  await expect(train(marks, { ...common, base, strategy: "ngram-probe", out: at("marks") })).rejects.toThrow(
    "the training texts have no token with a letter or digit",
  );
  await expect(
    train(marks, { task: "token-classification", base, strategy: "ngram-probe", out: at("tags") }),
  ).rejects.toMatchObject({ details: { option: "strategy", needs: "token n-grams" } });
});
