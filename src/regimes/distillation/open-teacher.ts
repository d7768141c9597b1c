import { bodyOf, oldScoresOf } from "../../bases/body.js";
import { findModelFolder, readHeads, readLabels } from "../../bases/model-folder/model-folder.js";
import { locateBase } from "../../bases/open/locate.js";
import { type Base, openBase } from "../../bases/open/open-base.js";
import { readJson } from "../../bases/open/read-json.js";
import type { NamedHead } from "../../bases/task-heads.js";
import { EngraftError } from "../../core/errors.js";
import { pictureInputs, type SampleInputs } from "../../data/index.js";
import type { Teacher } from "../../methods/distillation/distillation.js";
import type { Platform } from "../../platform/platform.js";
import type { OpenedBase } from "../../run/setup.js";

/** A teacher with its file, its inputs and its classes. */
export interface OpenedTeacher extends Teacher {
  readonly base: Base;
  /** Folder or file of its model, or its name. */
  readonly place: string;
  /** Returns the inputs of the teacher, of the samples of the data. */
  readonly inputs: () => Promise<SampleInputs>;
  /** Names of its outputs, in order; missing if its folder does not name them. */
  readonly classes?: readonly string[];
}

/**
 * Opens a teacher: a model or run folder, a file.onnx, a name, or hf:org/name. Of several heads, the only one with the classes of the data
 * is the teacher.
 * @param classes of the data. @param compared true if its outputs are compared, so that it must have exactly these classes
 * @throws ModelError with both lists if the classes differ, or if the teacher does not name its classes
 */
export async function openTeacher(
  ref: string,
  classes: readonly string[],
  {
    platform,
    compared,
    data,
    openOther,
  }: {
    readonly platform: Platform;
    /** Path of the data that the student learns from. */
    readonly data: string;
    readonly compared: boolean;
    /** Opens a base of other samples, and their inputs. Missing: it is one of pictures. */
    readonly openOther?: OpenOther;
  },
): Promise<OpenedTeacher> {
  const { place, run } = await locateTeacher(ref, platform);
  const pictures = openOther ? undefined : await openTeacherBase(place, platform);
  const { config } = await locateBase(place, { platform });
  const facts = config === undefined ? undefined : await readJson(platform, config);
  const heads = await readHeads(facts, place);
  const head = heads && headOf(heads, classes, { data, compared });
  const opened = openOther && (await atLogits(openOther, place, head?.output));
  const found = (opened?.base ?? pictures)!;
  const base = run === undefined ? found : { ...found, name: run };
  const known = heads ? head?.classes : labelsOf(facts, config ?? place);
  const { graph } = opened?.body ?? base.imported;
  const plain = opened?.body ?? bodyOf(graph, { cut: base.cut, classes: base.classes });
  const scores = opened ? opened.scores : (head?.output ?? oldScoresOf(graph, plain));
  const order = known && scores !== undefined ? orderOf(graph.typeOf(scores).shape![1] as number) : undefined;
  if (compared && order === undefined) throw refused();
  const body = opened?.body ?? bodyOf(graph, { cut: plain.cut.value, keep: order && [scores!] });
  return {
    name: head ? `${base.name}, task ${head.name}` : base.name,
    base,
    place,
    body,
    inputs: opened?.inputs ?? (async () => pictureInputs(platform, base.preprocessing, 0)),
    classes: known,
    order,
    scores: order && scores,
  };

  /** Returns the teacher's output for each class of the data; undefined if the classes differ. */
  function orderOf(count: number): number[] | undefined {
    if (known!.length !== count || count !== classes.length) return undefined;
    const places = classes.map((name) => known!.indexOf(name));
    return places.every((at) => at >= 0) ? places : undefined;
  }

  function refused(): EngraftError {
    const at = `the data has ${classes.length}: ${few(classes)}`;
    // Features of texts and sounds are not compared.
    const features = openOther
      ? ""
      : ", or use --method hints, attention or relational, which compare features";
    const words = [data, place].map((path) => JSON.stringify(path));
    if (scores === undefined)
      return new EngraftError(
        "ModelError",
        `the teacher ${base.name} has no classifier whose answers could be learnt`,
        {
          at,
          help: `give a classifier of the data's classes${features}`,
        },
      );
    if (known === undefined)
      return new EngraftError("ModelError", `nothing says which classes the teacher ${base.name} knows`, {
        at,
        help: `put a config.json with "id2label" beside it${features}`,
      });
    return new EngraftError("ModelError", `the teacher ${base.name} knows other classes than the data has`, {
      at: `the teacher knows ${known.length}: ${few(known)}; ${at}`,
      help: `fine-tune it on this data first: engraft train ${words[0]} --base ${words[1]}${features}`,
      details: { teacher: known, data: classes },
    });
  }
}

/** Returns the only head with the classes of the data. @throws ModelError if none or several have them and outputs are compared */
function headOf(
  heads: readonly NamedHead[],
  classes: readonly string[],
  { data, compared }: { readonly data: string; readonly compared: boolean },
): NamedHead | undefined {
  const fitting = heads.filter(
    (head) => head.classes.length === classes.length && classes.every((name) => head.classes.includes(name)),
  );
  if (fitting.length === 1 || !compared) return fitting.length === 1 ? fitting[0] : undefined;
  const lists = heads.map((one) => `task ${one.name}: ${few(one.classes)}`);
  const fit = fitting.length === 0 ? "none has" : `${fitting.length} of them have`;
  throw new EngraftError(
    "ModelError",
    `the teacher has ${heads.length} tasks, and ${fit} the classes of the data`,
    {
      at: `${lists.join("; ")}; the data has ${classes.length}: ${few(classes)}`,
      help: `give a teacher that has these classes in one task: engraft train ${JSON.stringify(data)}`,
      details: { tasks: heads.map(({ name }) => name), data: classes },
    },
  );
}

/** Opens a base at a place, cut at a value of its graph or at its features. */
type OpenOther = (
  place: string,
  cut: string | undefined,
) => Promise<{
  readonly opened: OpenedBase;
  readonly inputs: () => Promise<{ readonly inputs: SampleInputs }>;
}>;

/** Opens a base, cut at its logits: its features are its predictions then. Without logits it is cut at its features. */
async function atLogits(open: OpenOther, place: string, output: string | undefined) {
  const whole = await open(place, undefined);
  const found = output ?? oldScoresOf(whole.opened.base.imported.graph, whole.opened.body);
  const { opened, inputs } = found === undefined ? whole : await open(place, found);
  const { base, body } = opened;
  return {
    base,
    body,
    scores: found && body.features,
    inputs: async () => (await inputs()).inputs,
  };
}

/** Returns the place of a teacher. A run folder stands for its model. */
async function locateTeacher(ref: string, platform: Platform): Promise<{ place: string; run?: string }> {
  const state = ref.startsWith("hf:") ? undefined : await platform.files.stat(platform.files.resolve(ref));
  if (state?.kind !== "folder") return { place: ref };
  const { files } = platform;
  const dir = files.resolve(ref);
  if (!(await files.stat(files.join(dir, "run.json")))) return { place: ref };
  return { place: await findModelFolder(platform, ref), run: files.relative(files.dirname(dir), dir) };
}

/** Opens a teacher's base. Its preprocessing must be in its files, because --mean and --std apply to the student. */
async function openTeacherBase(ref: string, platform: Platform): Promise<Base> {
  try {
    return await openBase(ref, { platform });
  } catch (error) {
    if (!(error instanceof EngraftError)) throw error;
    const lacksPreprocessing = Array.isArray(error.details.needs);
    throw new EngraftError(error.kind, `the teacher cannot be opened: ${error.message}`, {
      at: error.at,
      help: lacksPreprocessing
        ? "put its preprocessor_config.json beside it"
        : (error.help ?? "--teacher takes a run, a model folder, file.onnx, a name, or hf:org/name").replace(
            "--base",
            "--teacher",
          ),
      details: error.details,
      cause: error,
    });
  }
}

function labelsOf(config: unknown, at: string): readonly string[] | undefined {
  const { id2label } = (config ?? {}) as { id2label?: unknown };
  return id2label === undefined ? undefined : readLabels(config, at);
}

const few = (names: readonly string[]): string =>
  names.slice(0, 8).join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");
