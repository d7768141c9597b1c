// Writes, reads and checks the YAML at the head of a model card.
import { parseDocument, Scalar, stringify } from "yaml";
import { hubLicenses, noBaseLicenses, normalizeLicense } from "../../bases/hub/licenses.js";
import { EngraftError } from "../../core/errors.js";
import type { BaseFacts } from "../../core/results/base-facts.js";
import { type BaseRelation, baseRelations, hubId, hubTasks } from "./hub-vocabulary.js";

/** What a card's front matter is made from. */
export interface CardHead {
  readonly base: BaseFacts;
  /** The task in Engraft's words; `pipeline_tag` if the hub has this task, else a tag. */
  readonly task: string;
  /** Library that opens the folder. */
  readonly library?: "transformers.js" | "engraft";
  /** Default "finetune". */
  readonly relation?: BaseRelation;
  /** Further tags. */
  readonly tags?: readonly string[];
  /** Identifiers of metrics on the hub. */
  readonly metrics?: readonly string[];
}

/**
 * Returns the front matter of a model card, with its `---` lines.
 *
 * It has no `model-index`: the hub wants the identifier of a data set on the hub there, and a run's data are local
 * files. The results are in the card's text.
 */
export function frontMatter({
  base,
  task,
  library,
  relation = "finetune",
  tags = [],
  metrics,
}: CardHead): string {
  return writeFrontMatter({
    ...licenseFields(base),
    ...(library && { library_name: library }),
    ...(hubTasks.has(task) && { pipeline_tag: task }),
    ...(base.hub && { base_model: base.hub.repo, base_model_relation: relation }),
    tags: [...new Set([task, ...tags, "onnx", "transfer-learning", "engraft"])],
    ...(metrics && { metrics }),
  });
}

/** Returns fields as front matter. Texts that YAML 1.1 or 1.2 would read as something else are quoted. */
export function writeFrontMatter(fields: Readonly<Record<string, unknown>>): string {
  // Other characters are quoted too: readers of YAML 1.1 fail on a lone "=".
  const quoted = (_key: unknown, value: unknown): unknown => {
    if (typeof value !== "string" || /^[\w.][\w./+:-]*$/.test(value)) return value;
    const scalar = new Scalar(value);
    scalar.type = "QUOTE_DOUBLE";
    return scalar;
  };
  const options = { compat: "yaml-1.1", lineWidth: 0, aliasDuplicateObjects: false } as const;
  return `---\n${stringify(fields, quoted, options)}---`;
}

/** Returns the licence fields: an identifier of the hub, or `other` with its name and where its text is. */
function licenseFields({ license, license_link }: BaseFacts): Readonly<Record<string, string>> {
  const id = normalizeLicense(license);
  if (hubLicenses.has(id)) return { license: id };
  if (noBaseLicenses.has(id)) return {};
  if (id === "not stated" || id === "unknown") return { license: "unknown" };
  return { license: "other", license_name: licenseName(id), license_link: license_link ?? "LICENSE" };
}

/** Returns a licence's name in the form of the hub: "research only (see its LICENSE)" is "research-only". */
function licenseName(stated: string): string {
  const name = stated
    .replace(/\([^)]*\)/g, " ")
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .slice(0, 80)
    .replace(/^[-.]+|[-.]+$/g, "");
  return name === "" ? "see-license" : name;
}

/** A parsed model card. */
export interface Card {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Text after the front matter. */
  readonly body: string;
}

/**
 * Reads a model card.
 * @param at its path, for messages
 * @throws ModelError if its front matter is missing, or is no YAML mapping
 */
export function readCard(text: string, at: string): Card {
  const found = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/.exec(text);
  if (!found)
    throw new EngraftError("ModelError", "README.md has no front matter: a block between two lines of ---", {
      at,
      help: "begin it with ---, license: …, ---; https://huggingface.co/docs/hub/model-cards names the fields",
    });
  const { fields, error } = parseFields(found[1]!);
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw new EngraftError(
      "ModelError",
      `the front matter of README.md is ${error ? `not YAML: ${error.message.split("\n")[0]}` : "no list of names and values"}`,
      { at, help: "put a text with : or # in it into quotes" },
    );
  return { fields: fields as Readonly<Record<string, unknown>>, body: text.slice(found[0].length) };
}

function parseFields(yaml: string): { readonly fields?: unknown; readonly error?: Error } {
  const document = parseDocument(yaml, { logLevel: "silent" });
  const [error] = document.errors;
  if (error) return { error };
  try {
    return { fields: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    // Limits aliases of aliases, which would fill the memory.
    return { error: error as Error };
  }
}

const text = (value: unknown): value is string => typeof value === "string" && value !== "";
const asJson = (value: unknown): string => JSON.stringify(value) ?? "missing";
const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/**
 * Returns the violations of the hub's rules in a card's front matter, one sentence each; empty if it is valid.
 * @see https://huggingface.co/docs/hub/model-cards
 * @see https://github.com/huggingface/hub-docs/blob/main/modelcard.md
 */
export function cardProblems(fields: Card["fields"]): readonly string[] {
  const problems: string[] = [];
  const { license, license_name: name, license_link: link } = fields;
  const { base_model, base_model_relation: relation, pipeline_tag: task } = fields;
  const ids = (field: string): void => {
    const value = fields[field];
    const list = Array.isArray(value) ? value : [value];
    const wrong = value === undefined ? [] : list.filter((id) => !text(id) || !hubId.test(id));
    if (wrong.length > 0) problems.push(`${field} is ${asJson(wrong[0])}, not a repository on the hub`);
  };
  if (
    license !== undefined &&
    !(text(license) && (hubLicenses.has(license) || /^(unknown|other)$/.test(license)))
  )
    problems.push(`license is ${asJson(license)}, no licence identifier of the hub`);
  if (license === "other" && !(text(name) && /^[a-z0-9][a-z0-9.-]*$/.test(name)))
    problems.push(
      `license_name is ${asJson(name)}: with license: other it has to be lower case letters, digits, . and -`,
    );
  if (license === "other" && !(text(link) && (link === "LICENSE" || /^https?:\/\/\S+$/.test(link))))
    problems.push(`license_link is ${asJson(link)}: with license: other it has to be LICENSE or an address`);
  ids("base_model");
  ids("datasets");
  if (relation !== undefined && !(baseRelations as readonly unknown[]).includes(relation))
    problems.push(`base_model_relation is ${asJson(relation)}, not one of ${baseRelations.join(", ")}`);
  if (relation !== undefined && base_model === undefined)
    problems.push("base_model_relation is there, but no base_model");
  if (task !== undefined && !(text(task) && hubTasks.has(task)))
    problems.push(`pipeline_tag is ${asJson(task)}, no task of the hub`);
  for (const field of ["tags", "metrics"]) {
    const list = fields[field];
    if (list !== undefined && !(Array.isArray(list) && list.every(text)))
      problems.push(`${field} is ${asJson(list)}, not a list of texts`);
  }
  return [...problems, ...resultProblems(fields["model-index"])];
}

/** Returns the problems of a card's results. */
function resultProblems(index: unknown): readonly string[] {
  if (index === undefined) return [];
  if (!Array.isArray(index) || index.length === 0) return ["model-index is not a list of models"];
  return index.flatMap((model): string[] => {
    const { name, results } = record(model);
    if (!text(name)) return ["model-index has a model without a name"];
    if (!Array.isArray(results)) return [`model-index of ${asJson(name)} has no list of results`];
    return results.flatMap((result) => {
      const { task, dataset, metrics } = record(result);
      const data = record(dataset);
      const wrong: string[] = [];
      if (!text(record(task).type)) wrong.push("model-index has a result without task.type");
      if (!text(data.name)) wrong.push("model-index has a result without dataset.name");
      if (!text(data.type) || !hubId.test(data.type))
        wrong.push(`model-index: dataset.type is ${asJson(data.type)}, not a data set on the hub`);
      const list = Array.isArray(metrics) ? metrics.map(record) : [];
      if (list.length === 0 || !list.every((m) => text(m.type) && typeof m.value === "number"))
        wrong.push("model-index has a result whose metrics lack a type, or a number as value");
      return wrong;
    });
  });
}
