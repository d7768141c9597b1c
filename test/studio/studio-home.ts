// The server of `engraft studio` in the process of a test.
import { type StudioReady, serveStudio } from "../../src/studio/server-node.js";

/** Serves a folder, and returns its address and how to end it. */
export async function serveHome(
  path: string,
): Promise<StudioReady & { readonly close: () => Promise<void> }> {
  const end = new AbortController();
  let served: Promise<void> | undefined;
  const ready = await new Promise<StudioReady>((done, fail) => {
    served = serveStudio(path, {
      port: 4870 + 10 * Number(process.env.VITEST_POOL_ID ?? 0),
      signal: end.signal,
      onReady: done,
    });
    served.catch(fail);
  });
  const close = (): Promise<void> => {
    end.abort();
    return served!;
  };
  return { ...ready, close };
}
