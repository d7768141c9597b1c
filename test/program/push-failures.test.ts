// engraft push when the hub or the connection fails, or the user stops it.
import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { insteadOfTimer } from "../support/watched-timers.js";
import {
  engraft,
  environment,
  hub,
  main,
  model,
  push,
  retries,
  run,
  sentPaths,
  setUpPush,
} from "./push-fixture.js";

setUpPush();
test.each([
  ["POST /api/repos/create", 503],
  ["preupload", 503],
  ["preupload", 429],
  ["objects/batch", 500],
  ["PUT /lfs", 503],
  ["PUT /lfs", "cut"],
  ["preupload", "cut"],
  ["commit/main", 504],
] as const)("a temporary failure of %s (%s) is retried", async (of, status) => {
  hub.state.moods.push({ of, status, times: 2 });
  const pushed = await push();
  expect(pushed.commit).toBe("c".repeat(40));
  expect(hub.state.repository!.get("onnx/model.onnx")!.equals(model)).toBe(true);
  expect(retries()).toHaveLength(2);
  expect(retries()[0]).toMatch(/^(the hub answered HTTP \d{3}|the connection failed): try 2 of 5 in 1 s$/);
});

test("the pause of Retry-After is kept; a pause that is too long ends the upload", async () => {
  hub.state.moods.push({ of: "preupload", status: 429, times: 1, retryAfter: "123" });
  let pauses = 0;
  // The server asked for 123 s. Without that the first pause would be 1 ms.
  insteadOfTimer(123_000, (end) => {
    pauses++;
    end();
  });
  await push();
  expect(pauses).toBe(1);
  expect(retries()).toEqual(["the hub answered HTTP 429: try 2 of 5 in 123 s"]);
  hub.state.repository = undefined;
  hub.state.moods.push({ of: "preupload", status: 429, times: 9, retryAfter: "3600" });
  await expect(push()).rejects.toMatchObject({
    message: "the hub answered HTTP 429: too many requests",
    help: expect.stringContaining("wait 3600 s"),
  });
});

test("after five tries the upload fails, and the repository stays empty", async () => {
  hub.state.moods.push({ of: "PUT /lfs", status: 503, times: 99 });
  await expect(push()).rejects.toMatchObject({
    kind: "NetworkError",
    message: "the hub answered HTTP 503 in 5 tries",
    help: expect.stringContaining("files that arrived are not sent again"),
  });
  expect(retries()).toHaveLength(4);
  expect(sentPaths()).toEqual([]);
});

test.each([
  [401, "the hub does not accept the token (HTTP 401)", "hf auth login"],
  [403, "the token may not write to org/name (HTTP 403)", "write access"],
] as const)("HTTP %s is reported at once, with what to do", async (status, message, help) => {
  hub.state.moods.push({ of: "/api/", status, times: 99 });
  await expect(push()).rejects.toMatchObject({
    kind: "NetworkError",
    message,
    help: expect.stringContaining(help),
  });
  expect(retries()).toEqual([]);
});

test("a token that may write but make no repository can push to an existing one", async () => {
  hub.state.repository = new Map();
  hub.state.moods.push({ of: "repos/create", status: 403, times: 1 });
  await expect(push()).resolves.toMatchObject({ created: false });
});

const stoppedUpload = "the upload was stopped on request";
test("an upload that is stopped ends at once, and the repository stays empty", async () => {
  const stop = new AbortController();
  hub.state.moods.push({ of: "PUT /lfs", status: "silent", times: 9 });
  hub.state.onRequest = (request) => request.startsWith("PUT") && stop.abort();
  await expect(push({ signal: stop.signal })).rejects.toMatchObject({
    kind: "Interrupted",
    message: stoppedUpload,
  });
  expect(sentPaths()).toEqual([]);
  // While it waits for the next try, too.
  const later = new AbortController();
  hub.state.moods.splice(0);
  hub.state.moods.push({ of: "preupload", status: 503, times: 9 });
  insteadOfTimer(50_000, () => later.abort());
  await expect(push({ signal: later.signal, pause: 50_000 })).rejects.toMatchObject({ kind: "Interrupted" });
});

test("Ctrl-C ends the command, and the next push completes", async () => {
  hub.state.moods.push({ of: "PUT /lfs", status: "silent", times: 1 });
  const child = spawn(process.execPath, [main, "push", run, "org/name"], { env: environment() });
  let err = "";
  child.stderr.on("data", (piece) => {
    err += piece;
  });
  hub.state.onRequest = (request) => request.startsWith("PUT") && void child.kill("SIGINT");
  const code = await new Promise((done) => child.on("exit", done));
  expect(code).toBe(130);
  expect(err).toContain(stoppedUpload);
  expect(err).not.toMatch(/\n +at .*\.js/);
  hub.state.onRequest = undefined as never;
  expect((await engraft(["push", run, "org/name"])).code).toBe(0);
  expect(hub.state.repository!.get("onnx/model.onnx")!.equals(model)).toBe(true);
});
