/** Sentences about what keeps a checkout from being released. */
export function obstacles(checkout: {
  /** `git status --porcelain` */
  readonly status: string;
  readonly version: string;
  readonly changelog: string;
  readonly citation: string;
  /** The version in package-lock.json. */
  readonly lock: string;
}): string[];
