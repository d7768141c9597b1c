import type { Platform } from "../platform/platform.js";

/** Fingerprints of test parts and the runs that scored them. */
type Looks = Record<string, readonly string[]>;

/** Runs that are remembered for one test part. */
const most = 1000;

/**
 * Count this look at a test part. Choosing among many runs by their test score is training on the test part;
 * the count, kept in the cache folder by the fingerprint of the test items, says how far that has gone.
 * @returns how many *other* runs have scored this very test part before.
 */
export async function testLooks(platform: Platform, fingerprint: string, run: string): Promise<number> {
  const { files } = platform;
  const path = files.join(platform.cacheDir(), "test-looks.json");
  try {
    return await files.withLock(
      path,
      async () => {
        const looks = await read(platform, path);
        const before = looks[fingerprint] ?? [];
        if (!before.includes(run)) looks[fingerprint] = [...before, run].slice(-most);
        await files.writeAtomic(path, JSON.stringify(looks));
        return before.filter((other) => other !== run).length;
      },
      { wait: 5000, what: "the count of test looks" },
    );
  } catch {
    // A read-only cache folder: nothing is counted, and nothing is lost by it.
    return 0;
  }
}

async function read({ files }: Platform, path: string): Promise<Looks> {
  if (!(await files.stat(path))) return {};
  try {
    return JSON.parse(new TextDecoder().decode(await files.read(path, { limit: 2 ** 26 }))) as Looks;
  } catch {
    return {};
  }
}
