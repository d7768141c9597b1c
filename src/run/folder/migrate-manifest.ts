/** The manifests in the folders of runs and studies. */
export type ManifestName = "run.json" | "comparison.json" | "curve.json" | "diagnosis.json";

type Manifest = Readonly<Record<string, unknown>>;

/** Migrations of a manifest: the first converts format 1 to 2, the next 2 to 3. */
type Migrations = readonly ((manifest: Manifest) => Manifest)[];

/** Migrations of each manifest. This version writes the format after the last migration. */
const migrationsOf: Readonly<Record<ManifestName, Migrations>> = {
  "run.json": [],
  "comparison.json": [],
  "curve.json": [],
  "diagnosis.json": [],
};

/**
 * Returns a manifest in the format of this version. A manifest without a format has format 1. A later format, or
 * anything else, stays unchanged: the reader of the folder refuses it with the reason.
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
