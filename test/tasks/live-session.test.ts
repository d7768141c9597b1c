// A live session: its score, its predictions, the folder that it saves, and the cache that it shares with runs.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { WarningText } from "../../src/core/messages/message.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { load, openSession, type SessionSample, train } from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { openSessionOn } from "../../src/session/open-session.js";
import { wilsonScore } from "../../src/statistics/wilson.js";
import { frameOf } from "../support/camera-recordings.js";
import { engraft, tinyBase } from "../support/fixtures.js";
import { inSession, reviews, tinted } from "../support/session-samples.js";
import { clip } from "../support/sound-data.js";
import { wavOf } from "../support/sound-files.js";

const root = mkdtempSync(join(tmpdir(), "engraft-session-"));
const path = (...parts: string[]): string => join(root, ...parts);
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
  tinyBase(path("base"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("six recordings of one surface with two invented labels: no score that flatters, with or without groups", {
  tags: ["thorough"],
}, async () => {
  const frames: SessionSample[] = [];
  for (let recording = 0; recording < 6; recording++)
    for (let frame = 0; frame < 8; frame++)
      frames.push({
        id: `${recording}-${frame}`,
        input: await frameOf(recording, frame),
        label: recording % 2 === 0 ? "wood" : "stone",
        group: `recording ${recording}`,
      });
  await inSession("vision-open", async (session) => {
    await session.add(frames);
    const { score, folds, notes, predictions, classes } = await session.fit();
    // Two recordings of stone show the same place: they overlap by 82 %.
    expect(classes).toEqual([
      { name: "stone", samples: 24, groups: 2 },
      { name: "wood", samples: 24, groups: 3 },
    ]);
    expect([folds, notes.map(({ code }) => code), predictions.length]).toEqual([
      2,
      ["score-near-copies"],
      48,
    ]);
    // Five groups are too few for an interval.
    expect(score).toMatchObject({ n: 48, groups: 5, few_groups: true, accuracy_ci95: [0, 1] });
    expect(score!.accuracy).toBeLessThan(0.8);
    // One sample without a group: it is a near copy of those of its recording.
    const [{ group: _first, ...alone }] = frames as [SessionSample, ...SessionSample[]];
    await session.add([alone]);
    expect((await session.fit()).notes.map(({ code }) => code)).toEqual([
      "score-without-groups",
      "score-near-copies",
    ]);
    // Without groups, the frames of a recording stay in one fold: divided, they would give an accuracy of 1.
    await session.add(frames.map(({ group: _, ...alone }) => alone));
    const fit = await session.fit();
    expect(fit.score!.accuracy).toBeLessThan(0.8);
    const [, { sentence }] = fit.notes as [unknown, WarningText];
    const { copies = 0 } = sentence?.code === "score-near-copies" ? sentence.values : {};
    expect(copies).toBeGreaterThanOrEqual(46);
  });
});

test("the interval counts that the classifiers of the folds share samples, as in a run", async () => {
  await inSession(path("base"), async (session) => {
    await session.add(await tinted(24, 500));
    const { score, folds } = await session.fit();
    expect([score!.n, folds, score!.groups]).toEqual([48, 5, undefined]);
    // Five folds: 48 samples are worth 48 / 2.25.
    expect(score!.accuracy_ci95).toEqual(wilsonScore(score!.accuracy, 48 / 2.25));
  });
});

test("samples that support no score get a reason, and a classifier from two classes on", async () => {
  await inSession(path("base"), async (session) => {
    const reasonOf = async () => {
      const { score, reason, predictions, folds } = await session.fit();
      expect([score, predictions, folds]).toEqual([null, [], 0]);
      return reason?.message;
    };
    const needsTwo = (there: string): string => `no score: it needs two classes, and there is ${there}`;
    expect(await reasonOf()).toBe(needsTwo("none"));
    const samples = (await tinted(6)).map((one, i) => ({ ...one, group: i < 6 ? "first" : "second" }));
    await session.add(samples.slice(0, 6));
    expect(await reasonOf()).toBe(needsTwo("one"));
    await expect(session.predict(samples[0]!.input)).rejects.toThrow("the session has no fitted classifier");
    await expect(session.save(path("none"))).rejects.toMatchObject({
      help: "add samples of two classes, then call fit()",
    });
    await session.add(samples.slice(6));
    expect(await reasonOf()).toBe(
      'no score: class "blue" and 1 more have one group only. Record it again, in another place',
    );
    expect((await session.predict(samples[0]!.input))[0]!.label).toBe("blue");
    session.remove(samples.map(({ id }) => id));
    await session.add((await tinted(4)).slice(0, 9));
    expect(await reasonOf()).toBe("no score: it needs 10 samples, and there are 8");
  });
});

test("a run finds the features of a session, and solves the same head on the same samples", {
  tags: ["thorough"],
}, async () => {
  const samples = await tinted(20);
  const split = (i: number) => (i % 20 < 13 ? "train" : i % 20 < 17 ? "validation" : "test");
  const lines = samples.map(({ id, input, label }, i) => {
    writeFileSync(path(`${id}.png`), input as Uint8Array);
    return `${id}.png,${label},${split(i)}`;
  });
  writeFileSync(path("list.csv"), `image,label,split\n${lines.join("\n")}\n`);
  const byId = [...samples.keys()].sort((a, b) => (samples[a]!.id < samples[b]!.id ? -1 : 1));
  const of = (part: string) => byId.filter((i) => split(i) === part).map((i) => samples[i]!);
  await inSession(path("base"), async (session) => {
    await session.add([...of("train"), ...of("validation")]);
    await session.fit();
    await session.save(path("saved"));
  });
  const keys = () => readdirSync(path("cache", "features")).sort();
  const before = keys();
  const computed: unknown[] = [];
  const { model } = await train(path("list.csv"), {
    ...{ base: path("base"), strategy: "probe", threads: 1, out: path("run"), explain: false },
    onEvent: (event) => {
      if (event.event === "progress" && event.phase === "features") computed.push(event);
    },
  });
  // One batch of 32, those of the test split: all 40 would be two.
  expect([computed.length, keys()]).toEqual([1, before]);
  const headOf = (folder: string) => {
    const { initializers } = fromOnnx(readFileSync(join(folder, "onnx/model.onnx"))).graph;
    return ["weight", "bias"].map((name) => [
      ...(initializers.get(`engraft/head/${name}`)!.data as Float32Array),
    ]);
  };
  const [own, ofRun] = [headOf(path("saved", "model")), headOf(model)];
  const difference = own.flatMap((values, k) => values.map((v, i) => Math.abs(v - ofRun[k]![i]!)));
  expect(Math.max(...difference)).toBeLessThan(1e-6);
});

test("a saved session predicts the same as before, in load and on the command line", {
  tags: ["thorough"],
}, async () => {
  const samples = await tinted(6);
  const [unseen] = await tinted(1, 50);
  writeFileSync(path("unseen.png"), unseen!.input as Uint8Array);
  const own = await inSession(path("base"), async (session) => {
    await session.add(samples);
    await session.fit();
    expect(await session.save(path("model"))).toBe(path("model", "model"));
    const answers = await session.predict(path("unseen.png"));
    // While another fit runs, the earlier head predicts.
    const fitting = session.fit();
    expect(await session.predict(path("unseen.png"))).toEqual(answers);
    await fitting;
    expect(await session.predict([unseen!.input, path("unseen.png")])).toEqual([answers, answers]);
    return answers;
  });
  const loaded = await load(path("model"));
  const answers = await (loaded as { predict(input: string): Promise<typeof own> }).predict(
    path("unseen.png"),
  );
  await loaded.close();
  expect(answers.map(({ label }) => label)).toEqual(own.map(({ label }) => label));
  for (const [i, { score }] of answers.entries()) expect(score).toBeCloseTo(own[i]!.score, 5);
  const { code, out } = await engraft(["predict", path("model"), path("unseen.png")]);
  expect([code, out]).toEqual([0, expect.stringContaining(own[0]!.label)]);
  const card = readFileSync(path("model", "model", "README.md"), "utf8");
  expect(card).toContain("cross-validation with 5 folds");
  expect(card).toContain("a linear probe on 12 pictures");
  expect(card).toContain(
    "There are samples without a group: if some are of one recording, the score is too high.",
  );
});

test("a new sample computes its own features only; a new label, a copy and a return compute none", async () => {
  const machine = await openMachine();
  let decoded = 0;
  const { pictures } = machine.platform;
  const counting = {
    ...machine,
    platform: {
      ...machine.platform,
      pictures: {
        ...pictures,
        decode: (...how: Parameters<typeof pictures.decode>) => {
          decoded++;
          return pictures.decode(...how);
        },
      },
    },
  };
  const session = await openSessionOn(counting, path("base"), { threads: 1 });
  const samples = await tinted(5, 200);
  const [one, ...others] = samples as [SessionSample, ...SessionSample[]];
  expect(await session.add(others)).toEqual({ added: 9, copies: [], contradictions: [] });
  expect(decoded).toBe(9);
  await session.add([one]);
  expect(decoded).toBe(10);
  expect(await session.add([{ ...one, label: "red" }])).toEqual({ added: 1, copies: [], contradictions: [] });
  // The first one has the class red since then.
  expect(await session.add([{ ...one, id: "again" }])).toEqual({
    added: 0,
    copies: [],
    contradictions: [{ id: "again", label: one.label, of: one.id, other: "red" }],
  });
  expect((await session.fit()).classes).toMatchObject([{ samples: 4 }, { samples: 6 }]);
  expect([session.remove([one.id, "unknown"]), session.remove([one.id])]).toEqual([1, 0]);
  await session.add([one]);
  expect(decoded).toBe(10);
  await session.close();
  await expect(session.fit()).rejects.toThrow("the session is closed");
});

test("texts and sounds: the kind of samples follows from the base, and inputs of another kind are refused", {
  tags: ["thorough"],
}, async () => {
  const texts = ["a book I loved", "a dull book", "I loved this film", "a dull film", "loved it", "dull"];
  await inSession("text-mini", async (session) => {
    await session.add(texts.map((input, i) => ({ id: `${i}`, input, label: i % 2 === 0 ? "good" : "bad" })));
    await session.fit();
    await session.save(path("texts"));
    const [answers] = await session.predict(["I loved it"]);
    const loaded = await load(path("texts"));
    if (loaded.task !== "text-classification") throw new Error(loaded.task);
    const [same] = (await loaded.predict(["I loved it"])) as [{ label: string; score: number }[]];
    await loaded.close();
    expect(same![0]!.label).toBe(answers![0]!.label);
    expect(same![0]!.score).toBeCloseTo(answers![0]!.score, 5);
    // The model of a run or of a session is a base for the next session.
    await inSession({ run: path("texts") }, async (next) => {
      expect(next.task).toBe("text-classification");
      await next.add(texts.map((input, i) => ({ id: `${i}`, input, label: i % 2 === 0 ? "good" : "bad" })));
      await next.fit();
      expect((await next.predict("I loved it"))[0]!.label).toBe(answers![0]!.label);
    });
    await expect(session.add([{ id: "x", input: new Uint8Array(3), label: "good" }])).rejects.toMatchObject({
      message: 'the input of "x" is object',
      at: "base text-mini, which takes texts",
      help: "give a text with words",
    });
  });
  await inSession("audio-mini", async (session) => {
    const sounds = Array.from({ length: 6 }, (_, i) => clip(i % 2 === 0, i));
    await session.add(
      sounds.map((samples, i) => ({
        id: `${i}`,
        // Samples, or the bytes of a file.
        input: i < 3 ? samples : wavOf([samples]),
        label: i % 2 === 0 ? "up" : "down",
      })),
    );
    await session.fit();
    await session.save(path("sounds"));
    const [answers] = await session.predict([clip(true, 30)]);
    const loaded = await load(path("sounds"));
    if (loaded.task !== "audio-classification") throw new Error(loaded.task);
    const [same] = (await loaded.predict([clip(true, 30)])) as [{ label: string; score: number }[]];
    await loaded.close();
    expect(same![0]!.label).toBe(answers![0]!.label);
    expect(same![0]!.score).toBeCloseTo(answers![0]!.score, 4);
  });
});

test("refused samples leave the session as it was, and the error names the sample", {
  tags: ["thorough"],
}, async () => {
  await inSession(path("base"), async (session) => {
    const [good] = await tinted(1);
    await expect(
      session.add([good!, { id: "broken", input: Uint8Array.of(1, 2, 3), label: "red" }]),
    ).rejects.toMatchObject({ code: "broken-picture", message: expect.stringContaining("bytes of broken") });
    await expect(session.add([{ ...good!, label: "" }])).rejects.toMatchObject({
      message: 'sample "blue-0": its label is no text, or empty',
      help: "give id and label, and group if there is one, as texts",
    });
    await expect(session.add([{ ...good!, input: path("missing.png") }])).rejects.toMatchObject({
      kind: "FileError",
    });
    expect((await session.fit()).classes).toEqual([]);
  });
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * i) % 11},${i % 2 ? "yes" : "no"}`);
  writeFileSync(path("table.csv"), `a,b,label\n${rows.join("\n")}\n`);
  const { run } = await train(path("table.csv"), { epochs: 1, threads: 1, out: path("table") });
  await expect(openSession({ run })).rejects.toMatchObject({
    message:
      "a session is for image-classification, text-classification, audio-classification, and the run is for tabular-classification",
    help: "add the samples to its data, and train again: engraft train",
  });
  await expect(openSession(path("base"), { epochs: 3 } as never)).rejects.toMatchObject({
    details: { unknown: "epochs" },
  });
});

test("learnt samples are known to eval, to inspect and to a session on the saved model", {
  tags: ["thorough"],
}, async () => {
  await inSession("text-mini", async (session) => {
    await session.add(reviews);
    await session.fit();
    await session.save(path("learnt"));
    // It replaces the earlier one, and no other folder.
    await session.save(path("learnt"));
    mkdirSync(path("mine", "model"), { recursive: true });
    writeFileSync(path("mine", "notes.txt"), "");
    await expect(session.save(path("mine"))).rejects.toThrow("is there already, and it is no saved session");
  });
  const rows = [
    ...reviews.map(({ input, label }) => [input, label]),
    ["a GREAT show", "good"],
    ["dull show", "bad"],
  ];
  writeFileSync(path("new.csv"), `text,label\n${rows.map((row) => `"${row[0]}!",${row[1]}`).join("\n")}\n`);
  for (const model of [path("learnt"), path("learnt", "model")]) {
    const { code, out } = await engraft(["eval", model, path("new.csv"), "--threads", "1"]);
    expect([code, out.replace(/\s+/g, " ")]).toEqual([
      0,
      expect.stringContaining(
        "2 texts that the model has not seen; 12 it was trained or chosen on are left out",
      ),
    ]);
  }
  expect((await engraft(["inspect", path("learnt")])).out).toContain("inputs     input_ids");
  for (const base of [path("learnt"), { run: path("learnt") }])
    await inSession(base, async (session) => {
      await session.add([...reviews.slice(2), { id: "new", input: "a great day", label: "good" }]);
      expect((await session.fit()).notes.map(({ message }) => message)).toContain(
        "the base was trained on 10 of the 11 samples, so the score may be too high",
      );
      await session.save(path("next"));
    });
  const kept = JSON.parse(readFileSync(path("next", "samples.json"), "utf8"));
  // Those of the base too, each with the entry of its copies.
  expect(Object.values(kept.samples)).toEqual(Array(26).fill("train"));
  rmSync(path("learnt", "samples.json"));
  await inSession({ run: path("learnt") }, async (session) => {
    await session.add(reviews);
    expect((await session.fit()).notes.map(({ code }) => code)).toContain("base-samples-unknown");
  });
});

test("a text in another spelling is a copy, and a sample that becomes a copy goes", async () => {
  await inSession("text-mini", async (session) => {
    await session.add(reviews);
    const again = { id: "0 bad", input: "i LOVED this  book, a great one.", label: "good" };
    expect(await session.add([again])).toEqual({
      added: 0,
      copies: [{ id: "0 bad", of: "0 good" }],
      contradictions: [],
    });
    const other = { ...again, id: "other", label: "bad" };
    expect(await session.add([other])).toMatchObject({
      added: 0,
      copies: [],
      contradictions: [{ id: "other", label: "bad", of: "0 good", other: "good" }],
    });
    const { predictions } = await session.fit();
    expect(predictions.map(({ id }) => id)).not.toContain("0 bad");
    expect(predictions).toHaveLength(11);
    const best = predictions.map((one) => ({ ...one, answers: one.answers.slice(0, 1) }));
    expect((await session.fit({ answers: 1 })).predictions).toEqual(best);
  });
});

test("the same samples give the same classifier, in whatever order they came", {
  tags: ["thorough"],
}, async () => {
  const samples = await tinted(8);
  // Frames of one recording are near copies.
  for (const [frame, label] of ["red", "odd", "blue"].entries())
    samples.push({ id: `frame ${frame}`, input: await frameOf(1, frame), label });
  const fitOf = (given: readonly SessionSample[]) =>
    inSession("vision-open", async (session) => {
      await session.add([...given]);
      const { predictions, notes } = await session.fit();
      expect(notes.map(({ code }) => code)).toContain("score-near-copies");
      return [predictions, await session.predict(samples[0]!.input)];
    });
  const odd = samples.map((one, i) => ({ ...one, label: i % 3 === 0 ? "odd" : one.label }));
  expect(await fitOf(odd.toReversed())).toEqual(await fitOf(odd));
});
