import { EngraftError } from "../../core/errors.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";

type Fields = Readonly<Record<string, unknown>>;

/** How an encoder–decoder is used, by its config.json, generation_config.json and tokenizer. */
export interface PairSettings {
  /** Token that begins every target. */
  readonly start: number;
  /** Text before every source. */
  readonly prefix: string;
  /** Texts before a source that choose a task, by its name: those of T5. None if there is a {@link prefix}. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** Missing: the model has no tokens for languages. */
  readonly languages?: Languages;
}

/** Tokens for the languages of a model. */
export interface Languages {
  /** Token of each language, by its code: "de_DE" (mBART), "deu_Latn" (NLLB), "de" (M2M100), "deu" (Marian). */
  readonly tokens: ReadonlyMap<string, number>;
  /** Place of the target's token: first in the target, or first in the source. */
  readonly place: "target" | "source";
}

/** Languages of an encoder–decoder as a call gives them. */
export interface LanguageOptions {
  readonly sourceLanguage?: string | undefined;
  readonly targetLanguage?: string | undefined;
}

/** Tokens of languages by the type of model. The first group is the code. */
const languageTokens: Readonly<
  Record<string, { readonly pattern: RegExp; readonly place: Languages["place"] }>
> = {
  mbart: { pattern: /^([a-z]{2}_[A-Z]{2})$/, place: "target" },
  nllb: { pattern: /^([a-z]{3}_[A-Z][a-z]{3})$/, place: "target" },
  m2m_100: { pattern: /^__([a-z]{2,3})__$/, place: "target" },
  marian: { pattern: /^>>(\w+)<<$/, place: "source" },
};

/** Field of config.json with the token that begins a target, by the type of model, if `decoder_start_token_id` is missing. */
const usualStart: Readonly<Record<string, "pad_token_id" | "eos_token_id">> = {
  ...{ t5: "pad_token_id", mt5: "pad_token_id", umt5: "pad_token_id", longt5: "pad_token_id" },
  ...{ marian: "pad_token_id", pegasus: "pad_token_id" },
  ...{ bart: "eos_token_id", mbart: "eos_token_id", m2m_100: "eos_token_id" },
};

const token = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Returns how an encoder–decoder is used. @throws ModelError if no file says which token begins a target */
export function pairSettings({
  config,
  generation,
  tokenizer,
  name,
}: {
  readonly config: Fields;
  readonly generation: Fields;
  readonly tokenizer: Pick<Tokenizer, "vocabulary" | "tokenOf">;
  readonly name: string;
}): PairSettings {
  const type = text(config.model_type);
  const settings = { ...config, ...generation };
  const start =
    token(generation.decoder_start_token_id) ??
    token(config.decoder_start_token_id) ??
    token(settings[usualStart[type] ?? "bos_token_id"]);
  if (start === undefined)
    throw new EngraftError("ModelError", `nothing says with which token ${name} begins to write`, {
      help: 'set "decoder_start_token_id" in its config.json',
    });
  const { decoder_vocab_size: own, vocab_size: words } = config;
  if (typeof own === "number" && typeof words === "number" && own !== words)
    throw new EngraftError("ModelError", `${name} writes with another vocabulary than it reads`, {
      help: "take a model with one vocabulary: tokenizer.json has no second one",
      details: { vocab_size: words, decoder_vocab_size: own },
    });
  const tasks = Object.entries((config.task_specific_params ?? {}) as Readonly<Record<string, unknown>>);
  const prefixes = Object.fromEntries(
    tasks.flatMap(([task, params]) => {
      const prefix = text((params as Fields | null)?.prefix);
      return prefix === "" ? [] : [[task, prefix] as const];
    }),
  );
  // As Transformers.js: the prefix of the config before that of the pipeline's task.
  const ofTask = prefixes.translation ?? prefixes["text2text-generation"] ?? "";
  const languages = languagesOf(type, tokenizer);
  const prefix = ofTask + text(config.prefix);
  return { start, prefix, prefixes: prefix === "" ? prefixes : {}, ...(languages && { languages }) };
}

/** Returns the languages of a model, by the tokens of its vocabulary. */
function languagesOf(
  type: string,
  { vocabulary, tokenOf }: Pick<Tokenizer, "vocabulary" | "tokenOf">,
): Languages | undefined {
  // NLLB has the model type of M2M100.
  const kinds = type === "m2m_100" ? [languageTokens.nllb!, languageTokens.m2m_100!] : [languageTokens[type]];
  for (const kind of kinds) {
    if (kind === undefined) continue;
    const tokens = new Map<string, number>();
    for (let id = 0; id < vocabulary; id++) {
      const code = kind.pattern.exec(tokenOf(id) ?? "")?.[1];
      if (code !== undefined) tokens.set(code, id);
    }
    // A vocabulary may keep the token of its only language.
    if (tokens.size > 1) return { tokens, place: kind.place };
  }
  return undefined;
}

/** How a text is written in a language. */
export interface PairCall {
  /** Tokens of the source. */
  readonly source: readonly number[];
  /** Token that begins the target. */
  readonly start: number;
  /** Token that comes first after it. Missing: the model's own settings say it, or none. */
  readonly first?: number;
}

/**
 * Returns the tokens of a source with its special tokens and the tokens of the languages.
 *
 * @param call.prefix text before the source. Default: the model's own
 * @throws OptionError for a language that the model does not have, or if it has several and none is given
 * @see Transformers.js, `_build_translation_inputs`
 */
export function pairCall(
  {
    settings,
    tokenizer,
    forced,
  }: {
    readonly settings: PairSettings;
    readonly tokenizer: Pick<Tokenizer, "marks" | "pieces">;
    /** True if the model's own settings force the first token of a target. */
    readonly forced: boolean;
  },
  given: string,
  {
    prefix = settings.prefix,
    sourceLanguage,
    targetLanguage,
  }: LanguageOptions & { readonly prefix?: string | undefined },
): PairCall {
  const { languages, start } = settings;
  const { before, behind } = tokenizer.marks;
  const [, named, rest] = /^\s*>>(\w+)<<\s*(.*)$/s.exec(given) ?? [];
  const isMarked = named !== undefined && languages?.place === "source" && languages.tokens.has(named);
  const content = tokenizer.pieces(prefix + (isMarked ? rest! : given));
  if (languages === undefined) {
    const code = sourceLanguage ?? targetLanguage;
    if (code !== undefined)
      throw new EngraftError(
        "OptionError",
        `the model has no tokens for languages: it cannot be told "${code}"`,
        {
          help: "leave the languages out",
          details: { language: code },
        },
      );
    return { source: [...before, ...content, ...behind], start };
  }
  const tokenOf = (code: string): number => tokenOfLanguage(languages, code);
  const target = isMarked ? named : targetLanguage;
  const from = sourceLanguage === undefined ? undefined : tokenOf(sourceLanguage);
  const all = new Set(languages.tokens.values());
  const mark = (ids: readonly number[]): readonly number[] =>
    ids.map((id) => (all.has(id) ? (from ?? id) : id));
  const begins = all.has(start);
  if (target === undefined && (languages.place === "source" || (!forced && !begins)))
    throw noLanguage(languages, "the model writes several languages, and no target language is given");
  const into = target === undefined ? undefined : tokenOf(target);
  if (languages.place === "source") return { source: [into!, ...before, ...content, ...behind], start };
  return {
    source: [...mark(before), ...content, ...mark(behind)],
    // A model whose targets begin with a language has no other first token.
    start: begins && into !== undefined ? into : start,
    ...(!begins && into !== undefined && { first: into }),
  };
}

function tokenOfLanguage(languages: Languages, code: string): number {
  const id = languages.tokens.get(code);
  if (id === undefined) throw noLanguage(languages, `the model has no language "${code}"`);
  return id;
}

/** Most codes that an error lists. */
const mostListed = 60;

function noLanguage({ tokens }: Languages, what: string): EngraftError {
  const codes = [...tokens.keys()].sort();
  const more = codes.length > mostListed ? `, and ${codes.length - mostListed} more` : "";
  return new EngraftError("OptionError", what, {
    help: `give one of its codes as --target-language, and as --source-language: ${codes.slice(0, mostListed).join(", ")}${more}`,
    details: { languages: codes },
  });
}
