// A run folder to push, and a hub on this machine: what the tests of push share.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach } from "vitest";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { nodePlatform } from "../../src/platform/node.js";
import type { Platform } from "../../src/platform/platform.js";
import { type PushOptions, pushOn } from "../../src/push/push.js";
import * as fixtures from "../support/fixtures.js";
import { type HubState, startHub } from "./hub-server.js";

export const token = "hf_aVerySecretToken";
export const model = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
const hash = "ab".repeat(32);
export const item = "cd".repeat(32);
export const card = `---
license: apache-2.0
base_model: org/base
base_model_relation: finetune
tags:
  - engraft
---

# A model
`;
export const manifest = {
  ...{
    format: 1,
    task: "image-classification",
    base: { name: "org/base", sha256: hash, license: "apache-2.0" },
  },
  strategy: { name: "probe", reasons: ['adapted from "/home/ann/shop" to "C:\\\\Users\\\\ann\\\\web"'] },
  items: { [item]: "train" },
};

export let folder: string;
export let run: string;
export let hub: { state: HubState; url: string; close(): Promise<void> };
export let variables: Record<string, string>;
let platform: Platform;
export let events: EngraftEvent[];

/** Registers the hooks of a test file: a built program, and before each test a fresh run folder and an empty hub. */
export function setUpPush(): void {
  beforeAll(async () => {});
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "engraft-push-"));
    run = join(folder, "run");
    mkdirSync(join(run, "model", "onnx"), { recursive: true });
    const file = (name: string, content: string | Buffer): void =>
      writeFileSync(join(run, "model", name), content);
    file("onnx/model.onnx", model);
    file("config.json", "{}");
    file("README.md", card);
    file("engraft.json", JSON.stringify(manifest));
    file(".DS_Store", "x");
    hub = await startHub();
    variables = { HF_ENDPOINT: hub.url, HF_TOKEN: token, HOME: folder };
    platform = { ...nodePlatform, env: (name) => variables[name] };
    events = [];
  });
  afterEach(async () => {
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  });
}

export const push = (options: PushOptions & { pause?: number } = {}, path = run, repository = "org/name") =>
  pushOn(platform, path, repository, { pause: 1, onEvent: (e) => void events.push(e), ...options });
export const modelPath = (...path: string[]): string => join(run, "model", ...path);
export const writeCard = (frontMatter: string): void =>
  writeFileSync(modelPath("README.md"), `---\n${frontMatter}\n---\n`);
export const sentPaths = (): string[] => [...hub.state.repository!.keys()].sort();
export const puts = (): string[] => hub.state.requests.filter((r) => r.startsWith("PUT"));
export const retries = (): string[] =>
  events.flatMap((e) => (e.event === "warning" && e.code === "retry" ? [e.message] : []));

export const main = new URL("../../dist/program/main.js", import.meta.url).pathname;
export const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ...variables,
  ENGRAFT_CACHE: join(folder, "cache"),
});
export function engraft(args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  return fixtures.engraft(args, { cache: join(folder, "cache"), env: variables });
}
