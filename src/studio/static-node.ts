// The files that the studio serves: a fixed map of folders of this package and of onnxruntime-web.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Context } from "hono";
import { nodePlatform } from "../platform/node.js";
import { pathInside } from "./path-inside-node.js";

const { files } = nodePlatform;
const { join } = files;

/** This file is src/studio/…, dist/studio/… or dist/program/…; the package is two levels up. */
const packageRoot = fileURLToPath(new URL("../..", import.meta.url));

/** Folder of the page. */
export const pageFolder = join(packageRoot, "dist/studio/page");

/** Folders by the beginning of their address. */
export const servedFolders = {
  "/package/dist/browser/": join(packageRoot, "dist/browser"),
  "/package/assets/": join(packageRoot, "assets"),
  "/ort/": dirname(createRequire(import.meta.url).resolve("onnxruntime-web")),
  "/": pageFolder,
} as const;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};

/** Returns the file of an address; undefined if there is none, or a link leads out of its folder. */
export async function servedFile(address: string): Promise<string | undefined> {
  const [begin, folder] = Object.entries(servedFolders).find(([begin]) => address.startsWith(begin))!;
  const rest = address.slice(begin.length);
  if (/[\\\0]/.test(rest) || rest.split("/").some((part) => part === "" || part.startsWith(".")))
    return undefined;
  const path = await pathInside(folder, join(folder, rest));
  return path !== undefined && (await files.stat(path))?.kind === "file" ? path : undefined;
}

/** Answers a request with a file. */
export async function sendFile(c: Context, path: string, type = types[extname(path)]): Promise<Response> {
  const { size, modified } = (await files.stat(path))!;
  const etag = `"${createHash("sha256").update(`${path} ${size} ${modified}`).digest("base64url").slice(0, 22)}"`;
  c.header("etag", etag);
  c.header("cache-control", "no-cache");
  if (c.req.header("if-none-match") === etag) return c.body(null, 304);
  c.header("content-type", type ?? "application/octet-stream");
  c.header("content-length", String(size));
  if (c.req.method === "HEAD") return c.body(null);
  return c.body(Readable.toWeb(createReadStream(path)) as ReadableStream);
}

/** Returns the page for the home "server". */
export async function serverPage(): Promise<string> {
  const html = new TextDecoder().decode(await files.read(join(pageFolder, "index.html")));
  return html.replace('data-home="static"', 'data-home="server"');
}
