/** What the files of a checkout say about its version. */
interface Versions {
  readonly version: string;
  readonly changelog: string;
  readonly citation: string;
  /** The version in package-lock.json. */
  readonly lock: string;
}

/** Returns sentences about what prevents a release of a checkout. */
export function obstacles(
  checkout: Versions & {
    /** `git status --porcelain` */
    readonly status: string;
  },
): string[];

/** Returns what the files of this checkout say about its version. */
export function readVersions(): Versions;
