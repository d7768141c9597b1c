/** The manifests that runs and studies write into their folders. */
export type ManifestName = "run.json" | "comparison.json" | "curve.json" | "diagnosis.json";

type Manifest = Readonly<Record<string, unknown>>;

/** Changes of a manifest: the first makes format 2 of format 1, the next format 3 of format 2. */
type Migrations = readonly ((manifest: Manifest) => Manifest)[];

/** Migrations of each manifest. The last format is what this version writes: one more than there are migrations. */
const migrationsOf: Readonly<Record<ManifestName, Migrations>> = {
  "run.json": [],
  "comparison.json": [],
  "curve.json": [],
  "diagnosis.json": [],
};

/**
 * Returns a manifest in the format of this version. A manifest without a format is of format 1. A later format, and what is no
 * manifest, stays as it is: the reader of the folder refuses it with the reason.
 */
export function migrate(name: ManifestName, manifest: unknown): unknown {
  if (typeof manifest !== "object" || manifest === null || Array.isArray(manifest)) return manifest;
  const { format = 1, ...fields } = manifest as Manifest;
  if (typeof format !== "number") return manifest;
  const start: Manifest = { format, ...fields };
  return migrationsOf[name]
    .slice(format - 1)
    .reduce((before, change, i) => ({ ...change(before), format: format + i + 1 }), start);
}
