import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodePlatform } from "../../src/platform/node.js";
import { engraft } from "../support/fixtures.js";

// Computations that never end, in the thread that hears signals.

const root = mkdtempSync(join(tmpdir(), "engraft-signals-"));
const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Blocks the main thread as soon as its signals are watched. It also listens to them, as packages do. */
const block = `
import { writeSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";
if (isMainThread) {
  const threads = createRequire(import.meta.url)("node:worker_threads");
  threads.Worker = class extends threads.Worker {
    constructor(file, options) {
      super(file, options);
      if (!String(file).includes("signal-watcher")) return;
      this.on("message", (said) => {
        if (said !== "ready") return;
        setImmediate(() => {
          for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => undefined);
          setImmediate(() => {
            writeSync(2, "blocked\\n");
            if (process.env.SLEEPS) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
            for (;;);
          });
        });
      });
    }
  };
  syncBuiltinESMExports();
}
`;
beforeAll(() => writeFileSync(join(root, "block.mjs"), block));

/** Runs a command that blocks, and sends it a signal. */
const blocked = (signals: readonly NodeJS.Signals[], env: Readonly<Record<string, string>> = {}) =>
  engraft(["studio", root, "--no-open"], {
    env: { ...env, NODE_OPTIONS: `--import ${pathToFileURL(join(root, "block.mjs")).href}` },
    onStart: (child) =>
      child.stderr!.on("data", (text: Buffer) => {
        if (String(text).includes("blocked")) for (const signal of signals) child.kill(signal);
      }),
  });

const why = (signal: string) =>
  `blocked\nstopped     by ${signal}: the computation did not answer. What was saved before stays\n`;

describe("a command whose main thread never answers", () => {
  test("is ended by Ctrl-C", async () => {
    expect(await blocked(["SIGINT"])).toMatchObject({ code: null, signal: "SIGINT", err: why("SIGINT") });
  });

  test.each(["SIGTERM", "SIGHUP"] as const)("is ended by %s", { tags: ["thorough"] }, async (signal) => {
    expect(await blocked([signal])).toMatchObject({ code: null, signal, err: why(signal) });
  });

  test("is ended also if it sleeps", { tags: ["thorough"] }, async () => {
    expect(await blocked(["SIGTERM"], { SLEEPS: "1" })).toMatchObject({ signal: "SIGTERM" });
  });

  test("is ended at once by a second signal", async () => {
    // The system decides which of two waiting signals comes first.
    const signal = expect.stringMatching(/^SIG(INT|TERM)$/) as string;
    expect(await blocked(["SIGINT", "SIGTERM"])).toMatchObject({ code: null, signal });
  });
});

const work = `export default async function (_, { sendMessage }) {
  await sendMessage(process.pid);
  for (;;);
}
`;

describe("a child process whose main thread never answers", () => {
  const module = (): string => {
    const file = join(root, "work.mjs");
    writeFileSync(file, work);
    return relative(dist, file);
  };

  test("is ended if its work is stopped", async () => {
    const stopper = new AbortController();
    const running = nodePlatform.runInChildProcess!({
      module: module(),
      input: {},
      what: "the test",
      signal: stopper.signal,
      onMessage: () => stopper.abort(),
    });
    await expect(running).rejects.toMatchObject({ kind: "Interrupted", message: "stopped on request" });
  });

  test("is ended if its parent is killed", async () => {
    const script = join(root, "parent.mjs");
    const library = pathToFileURL(join(dist, "platform/run-in-child.js")).href;
    writeFileSync(
      script,
      `import { runInChild } from ${JSON.stringify(library)};
const onMessage = (pid) => process.stdout.write(JSON.stringify({ pid }) + "\\n");
await runInChild({ module: ${JSON.stringify(module())}, input: {}, what: "the test", onMessage });
`,
    );
    let pid = 0;
    await engraft(["--json"], {
      script,
      onLine: (line, parent) => {
        pid = line.pid as number;
        parent.kill("SIGKILL");
      },
    });
    // Signal 0 only asks whether the process is there.
    const isThere = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    while (isThere()) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pid).toBeGreaterThan(0);
  });
});
