// A run that is stopped saves its state, and a resumed run gives the same bits as an undisturbed one.
// @module-tag thorough
import { expect, test } from "vitest";
import { resume, train } from "../../src/index.js";
import { engraft, modelBytes } from "../support/fixtures.js";
import { once } from "../support/moments.js";
import { base, cache, data, path, recipe, setUpRuns, undisturbed } from "./interrupted-runs.js";

setUpRuns();

test("one Ctrl-C saves the state and prints how to resume, to the same bits; a second one ends at once", async () => {
  const { epochs, augment } = recipe;
  const words = ["--epochs", String(epochs), "--augment", augment, "--threads", "1", "--no-baselines"];
  const args = (out: string) => ["train", data, "--base", base, ...words, "--out", path(out), "--json"];
  const stopped = await engraft(args("stopped"), {
    cache,
    onLine: once({ event: "progress", phase: "training" }, (child) => child.kill("SIGINT")),
  });
  expect(stopped.code).toBe(130);
  expect(stopped.events.at(-1)).toMatchObject({
    event: "error",
    kind: "Interrupted",
    message: expect.stringMatching(/^stopped at step \d+ of \d+$/) as string,
    help: expect.stringContaining(`: engraft train --resume ${path("stopped")}`),
  });
  const ran = await engraft(["train", "--resume", path("stopped"), "--quiet"], { cache });
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(path("stopped")).equals(undisturbed)).toBe(true);

  const twice = await engraft(args("twice"), {
    cache,
    onLine: once({ event: "progress", phase: "training" }, (child) => {
      // The process finds both signals when it continues, so it cannot save its state between them.
      for (const signal of ["SIGSTOP", "SIGINT", "SIGTERM", "SIGCONT"] as const) child.kill(signal);
    }),
  });
  expect(twice.code).toBe(130);
  expect(twice.events.map(({ event }) => event)).not.toContain("error");
});

test("a stop between two blocks of steps also names the step and saves the state", async () => {
  const stop = new AbortController();
  const running = train(data, {
    base,
    out: path("between"),
    ...recipe,
    signal: stop.signal,
    onEvent: (event) =>
      void (event.event === "progress" && event.phase === "training" && setImmediate(() => stop.abort())),
  });
  await expect(running).rejects.toMatchObject({
    kind: "Interrupted",
    message: expect.stringMatching(/^stopped at step \d+ of \d+$/) as string,
  });
  await resume(path("between"));
  expect(modelBytes(path("between")).equals(undisturbed)).toBe(true);
});
