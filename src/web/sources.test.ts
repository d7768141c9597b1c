import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { webFiles } from "../platform/web-files.js";
import { openSource } from "./sources.js";

const served: Readonly<Record<string, string>> = {
  "/org/name/resolve/main/onnx/model.onnx": "a model",
  "/org/name/resolve/main/onnx/model.onnx_data": "weights",
  "/org/name/resolve/main/config.json": "{}",
  "/flat/model.onnx": "another",
  "/flat/preprocessor_config.json": "{}",
};
const server = createServer((request, response) => {
  const path = request.url ?? "";
  if (path.startsWith("/app/")) response.setHeader("content-type", "text/html").end("<h1>start page</h1>");
  else if (path.startsWith("/broken/")) response.writeHead(500).end();
  else if (Object.hasOwn(served, path)) response.end(served[path]);
  else response.writeHead(404).end("no");
});
let site: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

const open = async (path: string) => openSource({ url: `${site}${path}` }, {});

test("a folder's address brings its files, and the name of its repository", async () => {
  const { path, volumes } = await open("/org/name/resolve/main/");
  expect(path).toBe("/model/name");
  const files = webFiles(volumes, {});
  expect((await files.list("/model/name")).map((e) => e.name).sort()).toEqual(["config.json", "onnx"]);
  expect((await files.list("/model/name/onnx")).map((e) => e.name)).toEqual([
    "model.onnx",
    "model.onnx_data",
  ]);
});

test("so does a folder with the model at its top, and the address of the file itself", async () => {
  for (const path of ["/flat", "/flat/", "/flat/model.onnx"]) {
    const { path: place, volumes } = await open(path);
    expect(place).toBe("/model/flat");
    expect(await webFiles(volumes, {}).stat("/model/flat/preprocessor_config.json")).toBeDefined();
  }
});

test("where there is no model, it says where it looked", async () => {
  await expect(open("/nothing/")).rejects.toMatchObject({
    kind: "NetworkError",
    message: `there is no model at ${site}/nothing/`,
    at: `${site}/nothing/onnx/model.onnx, ${site}/nothing/model.onnx`,
  });
  // A server that answers everything with its start page has no model either.
  await expect(open("/app/")).rejects.toThrow("there is no model at");
});

test("a server that fails, or is not there, is named", async () => {
  await expect(open("/broken/")).rejects.toThrow(
    `cannot fetch ${site}/broken/onnx/model.onnx: the server answers 500`,
  );
  await expect(openSource({ url: "http://127.0.0.1:9/x.onnx" }, {})).rejects.toThrow(
    "cannot fetch http://127.0.0.1:9/x.onnx",
  );
});

test("given files and runs need no network", async () => {
  const files = [{ path: "onnx/model.onnx", content: Uint8Array.of(1) }];
  const given = await openSource({ name: "mine", files }, {});
  expect(given.path).toBe("/model/mine");
  expect([...(await webFiles(given.volumes, {}).read("/model/mine/onnx/model.onnx"))]).toEqual([1]);
  expect(await openSource({ run: "flowers" }, {})).toEqual({ path: "/runs/flowers/model", volumes: {} });
});
