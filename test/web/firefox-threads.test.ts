// Threads of onnxruntime-web in Firefox: nothing drives the browser, its page sends what it computed.
// @module-tag thorough
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ensureFirefox, firefoxPath } from "../../scripts/browsers.mjs";
import { openSession } from "../../src/index.js";
import type { Answer } from "../../src/inference/answer.js";
import { startSite } from "./site.js";

const samples = ["book", "film", "play", "song", "game", "trip"].flatMap((thing, i) => [
  { id: `${i} good`, input: `I loved this ${thing}, a great one`, label: "good" },
  { id: `${i} bad`, input: `a dull ${thing}, a waste of time`, label: "bad" },
]);
const unseen = "a great evening";

/** A page that learns the samples on two threads, and sends its prediction. */
const script = (address: string): string => `
  import { connect } from "/package/dist/browser/engraft.js";
  const send = (said) => fetch(${JSON.stringify(address)}, { method: "POST", body: JSON.stringify(said) });
  try {
    const connection = connect({ ort: new URL("/ort/ort.wasm.min.mjs", location.href).href, threads: 2 });
    const session = await connection.openSession("text-mini");
    await session.add(${JSON.stringify(samples)});
    await session.fit();
    const answers = await session.predict(${JSON.stringify(unseen)});
    await send({ isolated: crossOriginIsolated, answers });
  } catch (error) {
    await send({ error: String(error) });
  }`;

/** Takes what a page sends. @returns its address, and the first message */
async function openInbox(): Promise<{ readonly address: string; readonly first: Promise<unknown> }> {
  const inbox = createServer();
  onTestFinished(() => void inbox.close());
  await new Promise<void>((done) => inbox.listen(0, "127.0.0.1", done));
  const first = new Promise<unknown>((resolve) => {
    inbox.on("request", async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      response
        .writeHead(200, {
          "access-control-allow-origin": "*",
          "cross-origin-resource-policy": "cross-origin",
          connection: "close",
        })
        .end();
      resolve(JSON.parse(Buffer.concat(parts).toString("utf8")));
    });
  });
  return { address: `http://127.0.0.1:${(inbox.address() as AddressInfo).port}/`, first };
}

test("a session on two threads predicts as in Node", async () => {
  ensureFirefox();
  const { address, first } = await openInbox();
  const files = {
    "/script.js": script(address),
    "/": `<!doctype html><script type=module src=script.js></script>`,
  };
  const site = await startSite({ isolated: true, files });
  const profile = mkdtempSync(join(tmpdir(), "engraft-firefox-threads-"));
  writeFileSync(
    join(profile, "user.js"),
    'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n',
  );
  const given = ["--headless", "--no-remote", "--profile", profile, site.url];
  const browser = spawn(firefoxPath()!, given, { stdio: "ignore" });
  const ended = new Promise((resolve) => browser.on("exit", resolve));
  onTestFinished(async () => {
    browser.kill();
    await ended;
    await site.close();
    rmSync(profile, { recursive: true, force: true });
  });
  const session = await openSession("text-mini");
  await session.add(samples);
  await session.fit();
  const [best] = await session.predict(unseen);
  await session.close();
  const said = (await first) as { readonly isolated: boolean; readonly answers: Answer[]; error?: string };
  expect(said.error).toBe(undefined);
  expect(said.isolated).toBe(true);
  expect(said.answers[0]!.label).toBe(best!.label);
  // Wasm and native kernels round differently.
  expect(Math.abs(said.answers[0]!.score - best!.score)).toBeLessThan(1e-4);
});
