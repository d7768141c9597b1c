import type { Part } from "../core/events/events.js";
import type { Platform } from "../platform/platform.js";

type Sha256 = Pick<Platform, "sha256">;

/**
 * Returns the hashes that identify a dataset and its test split.
 * @param lines text of each sample to hash, in a fixed order
 */
export async function fingerprintsOf(
  platform: Sha256,
  lines: readonly string[],
  items: readonly { readonly part: Part; readonly sha256: string }[],
): Promise<{ readonly fingerprint: string; readonly testFingerprint: string }> {
  const test = items.filter(({ part }) => part === "test");
  return {
    fingerprint: await platform.sha256(lines),
    testFingerprint: await testFingerprint(platform, test),
  };
}

/** Returns the hash of a test split, independent of the order of its samples. */
export function testFingerprint(
  { sha256 }: Sha256,
  samples: readonly { readonly sha256: string }[],
): Promise<string> {
  const hashes = samples.map((sample) => sample.sha256).sort();
  return sha256(hashes);
}
