interface Part {
  readonly "bom-ref": string;
  readonly name: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** A list of parts: CycloneDX, as far as it is read. */
export interface Parts {
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly Part[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** Returns the names of the packages that the bundles of a tarball contain. */
export function bundledIn(files: ReadonlyMap<string, Uint8Array>): Set<string>;

/** Returns npm's list of all packages without those that only build and test. */
export function partsOf(
  all: Parts,
  bundled: ReadonlySet<string>,
  versions: { readonly name: string; readonly version: string },
): Parts;

/** Returns a sentence for each part with a known hole. */
export function holesIn(
  audit: { readonly vulnerabilities: object },
  parts: Pick<Parts, "components">,
): string[];

type Npm = (args: readonly string[], options: { readonly cwd: string }) => string;

/** Asks npm for the list of all packages. */
export function fetchParts(npm: Npm, root: string): Parts;

/** Asks the registry for known holes. */
export function fetchAudit(
  npm: Npm,
  root: string,
): { readonly audit: { readonly vulnerabilities: object } } | { readonly silent: string };
