// The parts of a release: what the tarball needs or contains of other packages, and what is known against them.

/** Words of a licence list: "name 1.2.3 (MIT)". */
const licenceLine = /^(\S+) \d\S* \(.+\)$/gm;

/** Returns the names of the packages that the bundles of a tarball contain. @param files of the tarball by path */
export const bundledIn = (files) =>
  new Set(
    [...files].flatMap(([path, bytes]) =>
      path.endsWith("/LICENSES.txt")
        ? [...Buffer.from(bytes).toString("utf8").matchAll(licenceLine)].map(([, name]) => name)
        : [],
    ),
  );

const isDevelopment = ({ properties = [] }) =>
  properties.some(({ name, value }) => name === "cdx:npm:package:development" && value === "true");

/**
 * Returns npm's list of all packages (CycloneDX) without those that only build and test.
 * @param bundled packages that count although they are installed for development only: bundles contain them
 */
export function partsOf(all, bundled, { name, version }) {
  const components = all.components.filter((one) => !isDevelopment(one) || bundled.has(one.name));
  const missing = [...bundled].filter((one) => !components.some((part) => part.name === one));
  if (missing.length > 0) throw new Error(`the list of parts lacks ${missing.join(", ")}`);
  const refs = new Set([`${name}@${version}`, ...components.map((one) => one["bom-ref"])]);
  return {
    ...all,
    // npm names the package after its folder.
    metadata: { ...all.metadata, component: { ...all.metadata.component, name } },
    components,
    dependencies: all.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map((one) => ({ ...one, dependsOn: one.dependsOn.filter((ref) => refs.has(ref)) })),
  };
}

/** Returns a sentence for each part with a known hole. @param audit answer of `npm audit --json` */
export function holesIn({ vulnerabilities }, { components }) {
  const names = new Set(components.map(({ name }) => name));
  return Object.values(vulnerabilities)
    .filter(({ name }) => names.has(name))
    .map(({ name, range, severity, via }) => {
      const known = via.filter((one) => typeof one === "object").map(({ title, url }) => `${title} (${url})`);
      const why = known.length > 0 ? known.join(", ") : `through ${via.join(", ")}`;
      return `${name} ${range} has a known hole (${severity}): ${why}`;
    });
}

/** Asks npm for the list of all packages. */
export const fetchParts = (npm, root) =>
  JSON.parse(npm(["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], { cwd: root }));

/** Asks the registry for known holes. @returns its answer, or a sentence that says why there is none */
export function fetchAudit(npm, root) {
  let out;
  try {
    out = npm(["audit", "--package-lock-only", "--json"], { cwd: root });
  } catch (error) {
    // npm also ends with an error if it knows holes.
    out = error.stdout ?? "";
    if (out === "") return { silent: error.message };
  }
  const answer = JSON.parse(out);
  return answer.vulnerabilities === undefined
    ? { silent: String(answer.message ?? answer.error?.summary ?? "no answer") }
    : { audit: answer };
}
