// A site for browser tests: the built package, onnxruntime-web and demo pictures from a server on this machine.
import { createReadStream, readdirSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folders: Readonly<Record<string, string>> = {
  package: root,
  ort: join(root, "node_modules/onnxruntime-web/dist"),
  // As in the folder of a user who installed both.
  "example/node_modules/engraft": root,
  "example/node_modules/onnxruntime-web": join(root, "node_modules/onnxruntime-web"),
  "example/node_modules/fflate": join(root, "node_modules/fflate"),
  example: join(root, "examples/web"),
};
const usualTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".jpg": "image/jpeg",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** Serve with the headers that let a page share memory with its workers. */
  readonly isolated?: boolean;
  /** Pages and scripts of a test, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Content types by ending, in place of the usual ones. */
  readonly types?: Readonly<Record<string, string>>;
  /** Folder that is served in place of the package, its runtime and the examples. */
  readonly folder?: string;
  /** More folders, by the first name of their paths. */
  readonly more?: Readonly<Record<string, string>>;
}

/** Start a server on a free port of this machine. */
export async function startSite({
  isolated = false,
  files = {},
  folder,
  more = {},
  ...own
}: SiteOptions = {}): Promise<Site> {
  const types = { ...usualTypes, ...own.types };
  const pages: Readonly<Record<string, string>> = {
    "/": "<!doctype html><meta charset=utf-8><title>a page</title><link rel=icon href=data:,>",
    ...files,
  };
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const headers: Record<string, string> = isolated
      ? {
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
          "cross-origin-resource-policy": "same-origin",
        }
      : {};
    const type = types[pathname === "/" ? ".html" : extname(pathname)] ?? "application/octet-stream";
    if (Object.hasOwn(pages, pathname)) {
      response.writeHead(200, { ...headers, "content-type": type }).end(pages[pathname]);
      return;
    }
    const path = normalize(decodeURIComponent(pathname)).slice(1);
    const places = { ...folders, ...more };
    const top = Object.keys(places).find((name) => path.startsWith(`${name}/`)) ?? "nothing";
    const file = folder ? join(folder, path) : join(places[top] ?? "/nothing", path.slice(top.length));
    const size = statSync(file, { throwIfNoEntry: false });
    if (!size?.isFile()) {
      response.writeHead(404, headers).end("not here");
      return;
    }
    response.writeHead(200, { ...headers, "content-type": type, "content-length": String(size.size) });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** Demo pictures: the first `count` of each class of the training part, as addresses of the site with their label. */
export function demoPictures(
  count: number,
  classes: readonly string[] = ["crack", "groove", "none", "pit", "stain"],
): { readonly url: string; readonly name: string; readonly label: string }[] {
  return classes.flatMap((label) =>
    readdirSync(join(root, "assets/demo/train", label))
      .sort()
      .slice(0, count)
      .map((name) => ({ url: `/package/assets/demo/train/${label}/${name}`, name, label })),
  );
}
