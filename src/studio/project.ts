// A project of the studio as plain data, its changes, and undo. Page, server and zip file share this file.
import * as z from "zod/mini";

/** Longest name of a class, a file or a project, in characters. */
export const longestName = 200;
/** Steps that can be undone. */
const mostSteps = 200;

const name = z.string().check(z.minLength(1), z.maxLength(longestName));
/** Identifier that the studio makes. */
export const idSchema = z.string().check(z.regex(/^[a-z0-9-]{1,64}$/));
/** Identifier of a project, which is the name of its folder: no name inside of a project's folder, and no device of Windows. */
const projectIdSchema = idSchema.check(
  z.regex(/^(?!(?:data|runs|training|reports|studio|con|prn|aux|nul|com\d|lpt\d)$)/),
);
/** SHA-256 of a content, in hexadecimal. */
export const hashSchema = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const time = z.string().check(z.maxLength(40));

const classSchema = z.strictObject({ id: idSchema, name });

const sampleSchema = z.strictObject({
  id: idSchema,
  /** `id` of its class. */
  class: idSchema,
  /** Recording, burst or person: cross-validation and splits never divide a group. */
  group: z.optional(name),
  /** Name of the file that it came from. */
  name: z.optional(name),
  /** Content of a picture or a sound. */
  hash: z.optional(hashSchema),
  /** Media type of the content. */
  type: z.optional(z.string().check(z.maxLength(100))),
  /** Content of a text. */
  text: z.optional(z.string().check(z.maxLength(100_000))),
  /** The first change of its class after the user saw its prediction: the class before, and the time (ISO 8601). */
  relabelled: z.optional(z.strictObject({ from: idSchema, at: time })),
});

/** File of a project whose data are files: a table, or a folder of any task. */
const fileSchema = z.strictObject({
  /** Path in the data, with "/" between folders. */
  path: z.string().check(z.minLength(1), z.maxLength(1000)),
  hash: hashSchema,
});

/** Archive with a model that trainings begin with, instead of the usual base. */
const baseSchema = z.strictObject({ name, hash: hashSchema });

const optionValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.union([z.string(), z.number()])),
]);

export const projectSchema = z
  .strictObject({
    format: z.literal(1),
    id: projectIdSchema,
    name,
    /** A `ProjectKind`, or a kind of a later version. */
    kind: name,
    /** ISO 8601 */
    created: time,
    classes: z.array(classSchema),
    samples: z.array(sampleSchema),
    files: z.array(fileSchema),
    base: z.optional(baseSchema),
    /** Options of `train`, by name. */
    options: z.record(z.string(), optionValue),
  })
  .check(({ value: { classes, samples }, issues }) => {
    const known = new Set(classes.map(({ id }) => id));
    const at = samples.findIndex((sample) => !known.has(sample.class));
    if (at < 0) return;
    const message = `sample ${samples[at]!.id} has an unknown class`;
    issues.push({ code: "custom", input: samples[at], path: ["samples", at, "class"], message });
  });

/** Changes of the same `step` that follow each other are undone together. */
const step = z.optional(idSchema);
const ids = z.array(idSchema);

export const actionSchema = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("rename-project"), name, step }),
  z.strictObject({ do: z.literal("add-class"), id: idSchema, name, step }),
  z.strictObject({ do: z.literal("rename-class"), id: idSchema, name, step }),
  /** Removes a class with its samples. */
  z.strictObject({ do: z.literal("remove-class"), id: idSchema, step }),
  /** Gives the samples of `id` to `into`, and removes `id`. */
  z.strictObject({ do: z.literal("merge-class"), id: idSchema, into: idSchema, step }),
  /** A sample with a known id replaces the earlier one. */
  z.strictObject({ do: z.literal("add-samples"), samples: z.array(sampleSchema), step }),
  z.strictObject({ do: z.literal("remove-samples"), ids, step }),
  /** `seen`: when the prediction of the samples was in view (ISO 8601). */
  z.strictObject({ do: z.literal("move-samples"), ids, class: idSchema, seen: z.optional(time), step }),
  /** Makes samples one recording; without a group, each is apart. */
  z.strictObject({ do: z.literal("group-samples"), ids, group: z.optional(name), step }),
  /** A file with a known path replaces the earlier one. */
  z.strictObject({ do: z.literal("add-files"), files: z.array(fileSchema), step }),
  z.strictObject({ do: z.literal("remove-files"), paths: z.array(z.string()), step }),
  /** Sets the base; without one, the usual base. */
  z.strictObject({ do: z.literal("set-base"), base: z.optional(baseSchema), step }),
  /** Sets an option of `train`; without a value, its default. */
  z.strictObject({ do: z.literal("set-option"), name, value: z.optional(optionValue), step }),
  z.strictObject({ do: z.literal("undo") }),
  z.strictObject({ do: z.literal("redo") }),
  /** Makes all changes permanent: undo does not go back over them. */
  z.strictObject({ do: z.literal("clear-undo") }),
]);

export type Project = z.infer<typeof projectSchema>;
export type ProjectClass = z.infer<typeof classSchema>;
export type Sample = z.infer<typeof sampleSchema>;
export type ProjectFile = z.infer<typeof fileSchema>;
export type OptionValue = z.infer<typeof optionValue>;
export type Action = z.infer<typeof actionSchema>;
/** An action that changes data, not the steps of undo. */
export type Change = Exclude<Action, { do: "undo" | "redo" | "clear-undo" }>;

/** A project with its steps of undo and redo. The same actions in the same order give the same history. */
export interface History {
  readonly project: Project;
  /** Earlier projects, the oldest first. */
  readonly past: readonly Project[];
  /** Undone projects, the next one first. */
  readonly future: readonly Project[];
  /** Step of the last change. */
  readonly step?: string | undefined;
}

export const historyOf = (project: Project): History => ({ project, past: [], future: [] });

/** Returns an empty project. */
export const newProject = (id: string, kind: string, name: string, created: string): Project => ({
  ...{ format: 1, id, name, kind, created },
  ...{ classes: [], samples: [], files: [], options: {} },
});

/** Returns the history after an action. An action that does not fit, such as one on a removed class, changes nothing. */
export function reduce(history: History, action: Action): History {
  const { project, past, future } = history;
  if (action.do === "undo") {
    const before = past.at(-1);
    if (!before) return history;
    return { project: before, past: past.slice(0, -1), future: [project, ...future] };
  }
  if (action.do === "redo") {
    const [after, ...rest] = future;
    return after ? { project: after, past: [...past, project], future: rest } : history;
  }
  if (action.do === "clear-undo") return historyOf(project);
  const changed = change(project, action);
  if (changed === project) return history;
  const continues = action.step !== undefined && action.step === history.step;
  return {
    project: changed,
    past: continues ? past : [...past, project].slice(-mostSteps),
    future: [],
    step: action.step,
  };
}

/** Returns the project after a change; the same object if the change does not fit. */
function change(project: Project, action: Change): Project {
  const { classes, samples, files } = project;
  const hasClass = (id: string): boolean => classes.some((one) => one.id === id);
  switch (action.do) {
    case "rename-project":
      return { ...project, name: action.name };
    case "add-class": {
      const { id, name } = action;
      return hasClass(id) ? project : { ...project, classes: [...classes, { id, name }] };
    }
    case "rename-class": {
      const { id, name } = action;
      if (!hasClass(id)) return project;
      return { ...project, classes: classes.map((one) => (one.id === id ? { id, name } : one)) };
    }
    case "remove-class": {
      if (!hasClass(action.id)) return project;
      const others = samples.filter((sample) => sample.class !== action.id);
      return { ...project, classes: without(classes, action.id), samples: others };
    }
    case "merge-class": {
      const { id, into } = action;
      if (id === into || !hasClass(id) || !hasClass(into)) return project;
      const moved = samples.map((sample) => (sample.class === id ? { ...sample, class: into } : sample));
      return { ...project, classes: without(classes, id), samples: moved };
    }
    case "add-samples": {
      const added = action.samples.filter((sample) => hasClass(sample.class));
      if (added.length === 0) return project;
      return { ...project, samples: joined(samples, added, ({ id }) => id) };
    }
    case "remove-samples": {
      const removed = new Set(action.ids);
      const left = samples.filter(({ id }) => !removed.has(id));
      return left.length === samples.length ? project : { ...project, samples: left };
    }
    case "move-samples": {
      const moved = new Set(action.ids);
      const moves = (sample: Sample): boolean => moved.has(sample.id) && sample.class !== action.class;
      if (!hasClass(action.class) || !samples.some(moves)) return project;
      const move = (sample: Sample): Sample => {
        const { class: from, relabelled = action.seen && { from, at: action.seen } } = sample;
        return { ...sample, class: action.class, ...(relabelled && { relabelled }) };
      };
      return { ...project, samples: samples.map((sample) => (moves(sample) ? move(sample) : sample)) };
    }
    case "group-samples": {
      const { group } = action;
      const grouped = new Set(action.ids);
      const changes = (sample: Sample): boolean => grouped.has(sample.id) && sample.group !== group;
      if (!samples.some(changes)) return project;
      const regroup = ({ group: _, ...sample }: Sample): Sample => ({ ...sample, ...(group && { group }) });
      return { ...project, samples: samples.map((sample) => (changes(sample) ? regroup(sample) : sample)) };
    }
    case "add-files":
      return { ...project, files: joined(files, action.files, ({ path }) => path) };
    case "remove-files": {
      const removed = new Set(action.paths);
      return { ...project, files: files.filter(({ path }) => !removed.has(path)) };
    }
    case "set-base": {
      const { base: before, ...others } = project;
      const { base } = action;
      if (!base) return before ? others : project;
      return { ...others, base };
    }
    case "set-option": {
      const { [action.name]: _before, ...others } = project.options;
      const { value } = action;
      return { ...project, options: value === undefined ? others : { ...others, [action.name]: value } };
    }
  }
}

const without = (classes: readonly ProjectClass[], id: string): ProjectClass[] =>
  classes.filter((one) => one.id !== id);

/** Returns a list with further entries; an entry with a known key takes the place of the earlier one. */
function joined<T>(list: readonly T[], added: readonly T[], keyOf: (one: T) => string): T[] {
  const byKey = new Map([...list, ...added].map((one) => [keyOf(one), one]));
  return [...byKey.values()];
}
