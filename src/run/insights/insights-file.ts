import type { Insights } from "../../core/results/insights.js";
import type { Platform } from "../../platform/platform.js";
import { readReportJson } from "../folder/report-json.js";

const file = "insights.json";

/** Stores what the run's report shows of the model's internals. */
export async function keepInsights({ files }: Platform, run: string, insights: Insights): Promise<void> {
  await files.writeAtomic(files.join(run, file), `${JSON.stringify(insights)}\n`);
}

/** Reads it; an unreadable file counts as missing. */
export const insightsOf = (platform: Platform, run: string): Promise<Insights | undefined> =>
  readReportJson(platform, platform.files.join(run, file), isSound);

function isSound(json: unknown): json is Insights {
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
