// Where the server of `engraft studio` listens: ports and folders of several studios.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newProject } from "../../src/studio/project.js";
import { serveStudio } from "../../src/studio/server-node.js";
import { SignIn } from "../../src/studio/sign-in-node.js";

const root = mkdtempSync(join(tmpdir(), "engraft-studio-"));
beforeAll(() => {
  process.env.ENGRAFT_CACHE = join(root, "cache");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Starts a server, and ends it after the work. */
async function withServer<T>(
  work: (ready: { readonly url: string; readonly readOnly: boolean }) => Promise<T>,
  folder: string,
  port: number | undefined,
) {
  const end = new AbortController();
  let result: Promise<T> | undefined;
  await serveStudio(folder, {
    port,
    signal: end.signal,
    onReady: (ready) => {
      result = work(ready).finally(() => end.abort());
    },
  });
  return result!;
}

test("the server listens on this machine only; a second studio takes the next port, and only reads", async () => {
  const folder = join(root, "two");
  mkdirSync(folder);
  await withServer(
    async (first) => {
      const own = Number(new URL(first.url).port);
      expect(first.readOnly).toBe(false);
      const others = Object.values(networkInterfaces()).flatMap((all = []) =>
        all.filter(({ internal }) => !internal),
      );
      for (const { address, scopeid } of others)
        expect([address, await connects(scopeid ? `${address}%${scopeid}` : address, own)]).toEqual([
          address,
          false,
        ]);
      expect(await connects("127.0.0.1", own)).toBe(true);
      await withServer(
        async (second) => {
          expect(Number(new URL(second.url).port)).not.toBe(own);
          expect(second.readOnly).toBe(true);
          expect((await SignIn.open(join(folder, "engraft-studio"))).lastPort).toBe(own);
          const origin = new URL(second.url).origin;
          const post = (path: string, json: object, more = {}) =>
            fetch(`${origin}${path}`, {
              method: "POST",
              body: JSON.stringify(json),
              headers: { origin, "content-type": "application/json", ...more },
            });
          const signedIn = await post("/api/session", { token: second.url.split("token=")[1] });
          const { key } = (await signedIn.json()) as { readonly key: string };
          const refused = await post(
            "/api/projects",
            newProject("p-1", "pictures", "two", "2026-01-31T10:00:00.000Z"),
            { authorization: `Bearer ${key}` },
          );
          expect(refused.status).toBe(409);
          expect(await refused.json()).toMatchObject({
            message: "another studio has this folder open: nothing can be changed here",
          });
        },
        folder,
        own,
      );
    },
    folder,
    4850,
  );
});

test("with two folders open, a restarted studio takes its own port again", async () => {
  const places = ["apples", "pears"].map((name) => join(root, name)) as [string, string];
  for (const place of places) mkdirSync(place);
  const portOf = ({ url }: { readonly url: string }): Promise<number> =>
    Promise.resolve(Number(new URL(url).port));
  for (const [i, place] of places.entries())
    expect(await withServer(portOf, place, 4860 + 5 * i)).toBe(4860 + 5 * i);
  for (const [i, place] of places.entries())
    expect(await withServer(portOf, place, undefined)).toBe(4860 + 5 * i);
  // A new folder leaves the port of a folder that is not open now.
  const usual = 4747;
  await (await SignIn.open(join(root, "closed"))).keep(usual);
  const plums = join(root, "plums");
  mkdirSync(plums);
  expect(await withServer(portOf, plums, undefined)).not.toBe(usual);
});

const connects = (address: string, port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = createConnection({ host: address, port, timeout: 2000 });
    const end = (is: boolean) => {
      socket.destroy();
      done(is);
    };
    socket
      .on("connect", () => end(true))
      .on("error", () => end(false))
      .on("timeout", () => end(false));
  });
