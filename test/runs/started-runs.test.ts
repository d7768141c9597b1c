// Trainings in processes of their own, as a program that outlives or restarts itself starts, follows and stops them.
// @module-tag thorough
import { appendFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { pause } from "../../src/core/pause.js";
import {
  listRuns,
  loadModel,
  type NumberedEvent,
  removeRun,
  startResume,
  startRun,
  stopRun,
  train,
  watchRun,
} from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { modelBytes } from "../support/fixtures.js";
import { base, data, path, recipe, setUpRuns, undisturbed } from "./interrupted-runs.js";

setUpRuns();

async function eventsOf(run: string, after = 0): Promise<NumberedEvent[]> {
  const seen: NumberedEvent[] = [];
  for await (const one of watchRun(run, { after })) seen.push(one);
  return seen;
}

describe("a started run", () => {
  test("trains by itself, is followed with each event once, and has the model of an undisturbed run", {
    tags: ["thorough"],
  }, async () => {
    const out = path("started", "one");
    const { run, pid } = await startRun(data, { base, out, ...recipe, cache: false });
    expect(run).toBe(out);
    expect(pid).not.toBe(process.pid);
    const first: NumberedEvent[] = [];
    for await (const one of watchRun(run)) {
      first.push(one);
      if (one.event.event === "start") break;
    }
    const rest = await eventsOf(run, first.at(-1)!.id);
    const ids = [...first, ...rest].map(({ id }) => id);
    const lines = readFileSync(path("started", "one", "events.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    expect(ids).toEqual(lines.map((_, i) => i + 1));
    expect(rest.at(-1)!.event.event).toBe("result");
    expect(modelBytes(out)).toEqual(undisturbed);
    expect((await loadModel(`${out}/model`)).classes).toEqual(["ant", "bee", "cat"]);
    const [info] = await listRuns(path("started"));
    expect(info).toMatchObject({
      run: out,
      status: "done",
      command: "train",
      data,
      result: { event: "result" },
    });
    await expect(startResume(run)).rejects.toThrow(`"${run}" is done`);
  });

  test("is stopped, resumed in another process, and loses nothing", { tags: ["thorough"] }, async () => {
    const out = path("stopped", "one");
    const { run } = await startRun(data, { base, out, ...recipe, epochs: 300, cache: false });
    await expect(startResume(run)).rejects.toThrow(`another process works on "${run}"`);
    await expect(removeRun(run)).rejects.toMatchObject({ code: "run-in-use" });
    for await (const { event } of watchRun(run)) if (event.event === "epoch") break;
    expect(await stopRun(run)).toBe(true);
    expect(await stopRun(run)).toBe(false);
    expect(await listRuns(path("stopped"))).toMatchObject([{ run, status: "stopped" }]);
    const before = await eventsOf(run);
    const begin = performance.now();
    const both = await Promise.allSettled([startResume(run), startResume(run)]);
    // Without the wait of 20 s for the lock.
    expect(performance.now() - begin).toBeLessThan(18_000);
    expect(both).toContainEqual({ status: "fulfilled", value: { run, pid: expect.any(Number) } });
    const reason = expect.objectContaining({ message: `another process works on "${run}"` });
    expect(both).toContainEqual({ status: "rejected", reason });
    const all = await eventsOf(run);
    expect(all.slice(0, before.length)).toEqual(before);
    const epochs = all.flatMap(({ event }) => (event.event === "epoch" ? [event.epoch] : []));
    expect(new Set(epochs)).toEqual(new Set(Array.from({ length: 300 }, (_, i) => i + 1)));
    expect(all.at(-1)!.event.event).toBe("result");
    await startResume(run, { more: 300 });
    expect(await listRuns(path("stopped"))).toMatchObject([{ run, status: "running" }]);
    await stopRun(run);
    await removeRun(run);
    expect(await listRuns(path("stopped"))).toEqual([]);
  });

  test("with a wrong option or without data does not begin", async () => {
    const out = path("refused", "one");
    await expect(startRun(data, { base, out, epochs: -1 })).rejects.toThrow(/epochs/);
    await expect(startRun(path("nowhere"), { base, out })).rejects.toMatchObject({
      details: { data: path("nowhere") },
    });
    await expect(startRun(5 as never)).rejects.toThrow("a process of its own opens its data by a path");
    await expect(startRun(data, { onEvent: () => undefined } as never)).rejects.toThrow(
      "onEvent cannot reach a training in a process of its own",
    );
    await expect(startResume(undefined as never)).rejects.toThrow("run is undefined");
    await expect(watchRun(out, { after: Number.NaN }).next()).rejects.toThrow("after is NaN");
    expect(await listRuns(path("refused"))).toEqual([]);
  });

  test("whose data are gone says so", { tags: ["thorough"] }, async () => {
    const out = path("gone", "one");
    await expect(
      train(data, {
        base,
        out,
        ...recipe,
        onEvent: ({ event }) => void (event === "epoch" && control.abort()),
        signal: control.signal,
      }),
    ).rejects.toThrow();
    const manifest = JSON.parse(readFileSync(`${out}/run.json`, "utf8"));
    writeFileSync(`${out}/run.json`, JSON.stringify({ ...manifest, data: path("nowhere") }));
    await startResume(out);
    const events = await eventsOf(out);
    expect(events.at(-1)!.event).toMatchObject({ event: "error", kind: "DataError", message: /nowhere/ });
  });
});

const control = new AbortController();

describe("a folder of runs", () => {
  test("gives up a finished run whose process is about to end", { tags: ["thorough"] }, async () => {
    const out = path("ending", "one");
    await train(data, { base, out, strategy: "probe" });
    let removing: Promise<void> | undefined;
    await nodePlatform.files.withLock(out, async () => {
      removing = removeRun(out);
      // An error would be thrown within this time.
      expect(await Promise.race([removing.catch(String), pause(500)])).toBeUndefined();
    });
    await removing;
    expect(await listRuns(path("ending"))).toEqual([]);
  });

  test("that does not exist has none, and a damaged run is listed with its reason", async () => {
    expect(await listRuns(path("none"))).toEqual([]);
    mkdirSync(path("damaged", "one"), { recursive: true });
    mkdirSync(path("damaged", "no-run"));
    writeFileSync(path("damaged", "one", "run.json"), "{");
    expect(await listRuns(path("damaged"))).toEqual([
      {
        run: path("damaged", "one"),
        status: "damaged",
        reason: expect.stringMatching(/manifest is damaged|run\.json/),
        error: expect.objectContaining({ message: expect.stringMatching(/manifest is damaged|run\.json/) }),
      },
    ]);
  });

  test("that is damaged is removed, and no other folder, file or link", async () => {
    const at = (...names: string[]): string => path("removed", ...names);
    const files = { cut: "{", wrong: JSON.stringify({ format: 2, multi_task: null }), newer: '{"format":9}' };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(at(name, "state"), { recursive: true });
      writeFileSync(at(name, "run.json"), text);
      expect((await listRuns(at())).map(({ run, status }) => [run, status])).toEqual([[at(name), "damaged"]]);
      await removeRun(at(name));
    }
    expect(readdirSync(at())).toEqual([]);
    mkdirSync(at("photos"));
    writeFileSync(at("photos", "rose.jpg"), "rose");
    writeFileSync(at("run.json"), "{");
    mkdirSync(at("odd", "run.json"), { recursive: true });
    mkdirSync(at("target"));
    writeFileSync(at("target", "run.json"), "{");
    symlinkSync(at("target"), at("link"));
    for (const [run, why] of [
      [at("photos"), "is not a run folder"],
      [at("run.json"), "is a file, a run is a folder"],
      [at("odd"), "run.json"],
      [at("link"), "is a link to another place"],
      [at("gone"), "there is no run folder"],
      [5 as never, "run is 5"],
    ] as const)
      await expect(removeRun(run)).rejects.toThrow(why);
    expect(readdirSync(at()).sort()).toEqual(["link", "odd", "photos", "run.json", "target"]);
    expect(readdirSync(at("target"))).toEqual(["run.json"]);
  });

  test("invalid lines keep their numbers, and a last half line is no event", {
    tags: ["thorough"],
  }, async () => {
    const out = path("lines", "one");
    await train(data, { base, out, strategy: "probe" });
    const lines = readFileSync(`${out}/events.jsonl`, "utf8").trimEnd().split("\n");
    writeFileSync(`${out}/events.jsonl`, `\nnot JSON\n${lines.join("\n")}\n`);
    appendFileSync(`${out}/events.jsonl`, '{"event":"epo');
    const ids = (await eventsOf(out)).map(({ id }) => id);
    expect(ids).toEqual(lines.map((_, i) => i + 3));
  });
});
