// A hub on this machine that serves one repository: its listing, its licence and its files.
import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface FakeHub {
  readonly endpoint: string;
  /** Paths of the files that were downloaded. */
  readonly downloads: string[];
  close(): Promise<void>;
}

const commit = "0123456789abcdef0123456789abcdef01234567";

/**
 * Starts the hub.
 * @param license undefined: the model card states none
 * @param certificate for https, of the name "localhost"; default: http
 */
export async function startHub(
  repo: string,
  files: ReadonlyMap<string, Uint8Array>,
  license: string | undefined,
  certificate?: { readonly key: string; readonly cert: string },
): Promise<FakeHub> {
  const downloads: string[] = [];
  const answer: RequestListener = (request, response) => {
    const url = request.url ?? "";
    const json = (value: unknown, status = 200) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(value));
    };
    const file = url.startsWith(`/${repo}/resolve/${commit}/`)
      ? decodeURIComponent(url.slice(`/${repo}/resolve/${commit}/`.length))
      : undefined;
    if (url.startsWith(`/api/models/${repo}/revision/main`))
      json({ _id: "1", id: repo, sha: commit, private: false, ...(license && { cardData: { license } }) });
    else if (url.startsWith(`/api/models/${repo}/tree/${commit}?recursive=true`))
      json(
        [...files].map(([path, content]) => {
          const size = content.length;
          const oid = createHash("sha1").update(`blob ${size}\0`).update(content).digest("hex");
          return { type: "file", path, size, oid };
        }),
      );
    else if (file !== undefined && files.has(file)) {
      const whole = files.get(file)!;
      const [, from = "0", to = String(whole.length - 1)] =
        /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? "") ?? [];
      if (request.headers.range !== "bytes=0-0") downloads.push(file);
      response.writeHead(request.headers.range ? 206 : 200, {
        ETag: `"${file}"`,
        "Content-Range": `bytes ${from}-${to}/${whole.length}`,
      });
      response.end(whole.subarray(Number(from), Number(to) + 1));
    } else json({ error: "Repository not found" }, 404);
  };
  const server = certificate ? createTlsServer(certificate, answer) : createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    downloads,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
