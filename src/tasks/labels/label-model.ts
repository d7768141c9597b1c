import {
  type EngraftManifest,
  findModelFolder,
  readModelFolder,
} from "../../bases/model-folder/model-folder.js";
import { hasTokenizer, readTokenFolder } from "../../bases/model-folder/token-folder.js";
import { withPixels } from "../../bases/pixels.js";
import { EngraftError } from "../../core/errors.js";
import { type ImageItem, PixelCache } from "../../data/index.js";
import { sigmoid, usualThreshold } from "../../evaluate/labels.js";
import type { Graph } from "../../graph/graph.js";
import type { Answer } from "../../inference/answer.js";
import type { LongTexts } from "../../inference/evaluation.js";
import { graphOf } from "../../inference/open-folder.js";
import type { Machine } from "../../run/machine.js";
import { predictAll } from "../../run/training/feeds.js";
import { openSession } from "../../runtime/open.js";
import type { Session } from "../../runtime/runtime.js";
import { partsOfText, requireTexts, type TextOrPair } from "../texts/asked-texts.js";
import type { OnCut } from "../texts/cut-texts.js";
import { tokenScores } from "../texts/token-scores.js";

/** What a model of several labels says of one text or picture. */
export interface LabelAnswer {
  /** Those whose probability reaches their threshold, the most probable first; none is an answer as well. */
  readonly labels: readonly Answer[];
  /** All labels, the most probable first. */
  readonly all: readonly Answer[];
}

/** Model of multi-label classification of texts or pictures. */
export interface LabelModel {
  readonly task: "multi-label-classification";
  readonly dir: string;
  readonly unit: "texts" | "pictures";
  readonly labels: readonly string[];
  /** Whether it answers pairs of texts: [first, second]. */
  readonly pairs: boolean;
  /** The probability from which on each label is said. */
  readonly thresholds: readonly number[];
  /** @param inputs texts or pairs of them, or paths of pictures. @throws DataError for a text that is empty, or no picture */
  predict(inputs: readonly TextOrPair[]): Promise<LabelAnswer[]>;
  close(): Promise<void>;
}

/** The items that a folder scores: texts, or pictures. */
export type LabelInput = Pick<ImageItem, "id"> & {
  readonly text?: string;
  readonly pair?: string;
  readonly path?: string;
};

/** A model folder of several labels. */
export interface LabelFolder {
  readonly dir: string;
  readonly unit: "texts" | "pictures";
  readonly classes: readonly string[];
  readonly thresholds: readonly number[];
  /** Whether it answers pairs of texts. */
  readonly pairs: boolean;
  /** Its engraft.json; undefined for a folder that something else than Engraft wrote. */
  readonly engraft: EngraftManifest | undefined;
  readonly graph: Graph;
  /** Raw scores, float32[N, L]. */
  scores(
    session: Session,
    inputs: readonly LabelInput[],
    options?: { readonly long?: LongTexts; readonly signal?: AbortSignal; readonly onCut?: OnCut },
  ): Promise<Float32Array>;
}

/** @throws ModelError when it is no model folder, or damaged */
export async function openLabelFolder({ platform }: Machine, path: string): Promise<LabelFolder> {
  const dir = await findModelFolder(platform, path);
  if (await hasTokenizer(platform, dir)) {
    const folder = await readTokenFolder(platform, dir);
    return {
      ...folder,
      ...known(folder),
      unit: "texts",
      scores: (session, inputs, options = {}) =>
        tokenScores(
          folder,
          session,
          inputs.map(({ text = "", pair }) => (pair === undefined ? text : ([text, pair] as const))),
          { ...options, several: true },
        ),
    };
  }
  const folder = await readModelFolder(platform, dir);
  const { classes, preprocessing } = folder;
  return {
    dir,
    classes,
    ...known(folder),
    graph: withPixels(graphOf(folder), preprocessing),
    unit: "pictures",
    async scores(session, inputs, { signal } = {}) {
      const items = inputs.map(({ id, path = id }) => ({
        id,
        path,
        label: 0,
        part: "test" as const,
        sha256: id,
      }));
      const input = session.inputs[0]!.name;
      const source = {
        items,
        preprocessing,
        decoded: new PixelCache(0),
        platform,
        ...(signal && { signal }),
      };
      const { logits } = await predictAll(
        async (x) => Object.values(await session.run({ [input]: x }))[0]!.data as Float32Array,
        source,
        classes.length,
      );
      return logits;
    },
  };
}

/** What engraft.json says of a model; 0.5 for each label where something else made it. @throws ModelError when it is damaged */
function known({
  dir,
  classes,
  engraft,
}: Pick<Awaited<ReturnType<typeof readModelFolder>>, "dir" | "classes" | "engraft">) {
  const { thresholds = classes.map(() => usualThreshold) } = engraft?.labels ?? {};
  const sound =
    Array.isArray(thresholds) &&
    thresholds.length === classes.length &&
    thresholds.every((t) => typeof t === "number" && t > 0 && t < 1);
  if (!sound)
    throw new EngraftError(
      "ModelError",
      "engraft.json does not say from which probabilities on labels are said",
      {
        at: dir,
        help: "the model folder is damaged: train it again",
        details: {
          labels: classes.length,
          thresholds: Array.isArray(thresholds) ? thresholds.length : undefined,
        },
      },
    );
  return {
    thresholds: thresholds as readonly number[],
    engraft,
    pairs: engraft?.pairs === true,
  };
}

/** Opens a model folder of multi-label classification. @throws ModelError for another folder */
export async function openLabelModel(
  machine: Machine,
  dir: string,
  options: { readonly threads?: number; readonly long?: LongTexts; readonly onCut?: OnCut },
): Promise<LabelModel> {
  const { platform, openRuntime } = machine;
  const folder = await openLabelFolder(machine, dir);
  const { classes, thresholds, unit, pairs } = folder;
  const runtime = await openRuntime(options.threads ?? platform.cores());
  const session = await openSession(runtime, folder.graph, { label: `model "${folder.dir}"` }).catch(
    async (error: unknown) => {
      await runtime.close();
      throw error;
    },
  );
  return {
    task: "multi-label-classification",
    dir: folder.dir,
    unit,
    labels: classes,
    thresholds,
    pairs,
    async predict(inputs) {
      if (unit === "texts") requireTexts(inputs, pairs);
      const items = inputs.map((input, i) =>
        unit === "texts"
          ? { id: String(i), ...partsOfText(input) }
          : { id: String(input), path: platform.files.resolve(String(input)) },
      );
      const { long, onCut } = options;
      const scores = await folder.scores(session, items, { ...(long && { long }), ...(onCut && { onCut }) });
      return inputs.map((_, i) => {
        const all = classes
          .map((label, k) => ({
            label,
            score: sigmoid(scores[i * classes.length + k]!),
            least: thresholds[k]!,
          }))
          .sort((a, b) => b.score - a.score);
        const answer = ({ label, score }: Answer): Answer => ({ label, score });
        return { labels: all.filter(({ score, least }) => score >= least).map(answer), all: all.map(answer) };
      });
    },
    close: () => runtime.close(),
  };
}
