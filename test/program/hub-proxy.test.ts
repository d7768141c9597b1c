// Downloads behind an organisation's proxy: the hub has a certificate of an own authority, and only the proxy reaches it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { zeros } from "../../src/core/tensor.js";
import { Builder, Graph, toOnnx } from "../../src/graph/index.js";
import { engraft, type Ran } from "../support/fixtures.js";
import * as certificate from "../support/self-signed.js";
import { type FakeHub, startHub } from "./fake-hub.js";

const root = mkdtempSync(join(tmpdir(), "engraft-proxy-"));
const authority = join(root, "authority.pem");
let hub: FakeHub;

beforeAll(async () => {
  writeFileSync(authority, certificate.cert);
  hub = await startHub("org/tiny", tinyRepository(), "apache-2.0", certificate);
});
afterAll(async () => {
  await hub.close();
  rmSync(root, { recursive: true, force: true });
});

function tinyRepository(): ReadonlyMap<string, Uint8Array> {
  const graph = new Graph();
  const g = new Builder(graph, "test");
  const x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, 16, 16] });
  const features = g.flatten(g.globalAveragePool(g.conv(x, g.weight("w", zeros("float32", [4, 3, 3, 3])))));
  graph.outputs.push(g.matmul(features, g.weight("fc", zeros("float32", [4, 10]))));
  const preprocessor = { size: 16, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
  return new Map([
    ["onnx/model.onnx", toOnnx(graph)],
    ["preprocessor_config.json", new TextEncoder().encode(JSON.stringify(preprocessor))],
  ]);
}

/**
 * Starts a proxy that leads each connection to the hub, whatever host it asks for.
 * @param wanted the only accepted name and password
 */
async function startProxy(wanted?: string): Promise<{ readonly host: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer().on("connect", (request, socket) => {
    asked.push(request.url!);
    const given = request.headers["proxy-authorization"];
    if (wanted !== undefined && given !== `Basic ${Buffer.from(wanted).toString("base64")}`) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const behind = connect(Number(new URL(hub.endpoint).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      socket.pipe(behind).pipe(socket);
    });
    for (const end of [socket, behind]) end.on("error", () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Downloads the base in a process of its own, since Node reads NODE_EXTRA_CA_CERTS when it starts. */
const pull = (name: string, env: Readonly<Record<string, string>>): Promise<Ran> =>
  engraft(["bases", "pull", "hf:org/tiny"], {
    cache: join(root, name),
    env: { HF_ENDPOINT: hub.endpoint, ...env },
    ownProcess: true,
  });

test("a download passes the proxy of the environment, and trusts an own authority", async () => {
  const { host, asked } = await startProxy("me:secret");
  // A name that no machine has: only the proxy leads to the hub.
  const { code, err } = await pull("through", {
    HTTPS_PROXY: `http://me:secret@${host}`,
    NODE_EXTRA_CA_CERTS: authority,
  });
  expect(err).not.toContain("error");
  expect(code).toBe(0);
  expect(new Set(asked)).toEqual(new Set([new URL(hub.endpoint).host]));
  expect(hub.downloads).toContain("onnx/model.onnx");
});

test("a host in NO_PROXY is asked directly", async () => {
  const { host, asked } = await startProxy();
  const { code } = await pull("direct", {
    HTTPS_PROXY: host,
    NO_PROXY: "other.example, localhost",
    NODE_EXTRA_CA_CERTS: authority,
  });
  expect([code, asked]).toEqual([0, []]);
});

test("a proxy that wants a password says so, and no message holds one", async () => {
  const { host } = await startProxy("me:secret");
  const { code, err } = await pull("refused", {
    HTTPS_PROXY: `http://me:guess@${host}`,
    NODE_EXTRA_CA_CERTS: authority,
  });
  expect(code).toBe(2);
  expect(err).toContain("the proxy does not connect to the hub (HTTP 407)");
  expect(err).toContain("HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT");
  expect(err).toContain(`proxy ${host}`);
  expect(err).not.toContain("guess");
});

test("a proxy that does not answer is named", async () => {
  const { code, err } = await pull("missing", { HTTPS_PROXY: "http://me:secret@127.0.0.1:9" });
  expect(code).toBe(2);
  expect(err).toContain(`${hub.endpoint}: ECONNREFUSED`);
  expect(err).toContain("HF_ENDPOINT and the proxy 127.0.0.1:9 in HTTPS_PROXY");
  expect(err).not.toContain("secret");
});

test("a certificate of an unknown authority says which variable names its file", async () => {
  const { code, err } = await pull("unknown", {});
  expect(code).toBe(2);
  expect(err).toContain("the certificate of the hub is not trusted: DEPTH_ZERO_SELF_SIGNED_CERT");
  expect(err).toContain("set NODE_EXTRA_CA_CERTS to its file (PEM)");
});

test("a proxy that is not an address is refused", async () => {
  const { code, err } = await pull("wrong", { HTTPS_PROXY: "socks5://me:secret@host" });
  expect(code).toBe(2);
  expect(err).toContain("HTTPS_PROXY is not the address of a proxy");
  expect(err).not.toContain("secret");
});
