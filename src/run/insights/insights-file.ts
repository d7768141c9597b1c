import type { Insights } from "../../core/results/insights.js";
import type { Platform } from "../../platform/platform.js";

const file = "insights.json";
/** Largest file, in bytes: a thousand points and twelve maps are 200 KB. */
const largest = 2 ** 25;

/** Stores what the run's report shows of the model's internals. */
export async function keepInsights({ files }: Platform, run: string, insights: Insights): Promise<void> {
  await files.writeAtomic(files.join(run, file), `${JSON.stringify(insights)}\n`);
}

/** Reads it; an unreadable file counts as missing. */
export async function insightsOf({ files }: Platform, run: string): Promise<Insights | undefined> {
  const path = files.join(run, file);
  if (!(await files.stat(path))) return undefined;
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(await files.read(path, { limit: largest })));
    return sound(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The file may come from anywhere: everything that the report reads is checked. */
function sound(json: unknown): json is Insights {
  const { format, pictures = [], texts = [], map, layers, left_out } = (json ?? {}) as Partial<Insights>;
  const ofMap = (m: NonNullable<Insights["map"]>): boolean =>
    [m.items, m.true, m.predicted, m.pca?.points, m.umap?.points ?? m.items].every(
      (list) => Array.isArray(list) && list.length === m.items.length,
    ) && Array.isArray(m.pca.explained);
  return (
    format === 1 &&
    Array.isArray(left_out) &&
    Array.isArray(pictures) &&
    pictures.every((p) =>
      [p.grad_cam, p.occlusion].every(
        (h) => !h || (Array.isArray(h.values) && h.values.every(Number.isFinite)),
      ),
    ) &&
    Array.isArray(texts) &&
    texts.every(
      (t) =>
        Array.isArray(t.words) &&
        t.words.every((w: { readonly text?: unknown }) => typeof w.text === "string"),
    ) &&
    (map === undefined || ofMap(map)) &&
    (layers === undefined ||
      (Array.isArray(layers.blocks) && layers.blocks.every((b) => Number.isFinite(b.moved))))
  );
}
