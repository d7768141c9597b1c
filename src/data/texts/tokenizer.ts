import { EngraftError, messageOf } from "../../core/errors.js";
import { tokenizerFault } from "./check-tokenizer.js";
import { joinedPair, type PairTemplate, pairTemplate } from "./pair-template.js";
import { cachedPieces } from "./piece-cache.js";

/** The contents of `tokenizer.json` and `tokenizer_config.json`. */
export interface TokenizerFiles {
  /** Name of the tokenizer's file in messages. Default "tokenizer.json". */
  readonly name?: string;
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Converts texts to token ids. */
export interface Tokenizer {
  /** Returns the ids of a text with special tokens, at most {@link longest}. `cut`: whether the text was truncated. */
  encode(text: string): { readonly ids: readonly number[]; readonly cut: boolean };
  /**
   * Returns the ids of a text pair in the tokenizer's own template. Truncation shortens the longer text first. A token of segment s
   * is its id + s · {@link segmentUnit}.
   * @throws ModelError for a tokenizer without a template for pairs
   */
  encodePair(first: string, second: string): { readonly ids: readonly number[]; readonly cut: boolean };
  /** Splits a text into the fewest chunks of at most {@link longest} ids and about equal length, each with special tokens. */
  parts(text: string): readonly (readonly number[])[];
  /** Largest number of ids of a text, including special tokens. */
  readonly longest: number;
  /** Returns the ids of a text without special tokens. */
  pieces(text: string): readonly number[];
  /** The special tokens around a text. */
  readonly marks: { readonly before: readonly number[]; readonly behind: readonly number[] };
  /** Id of the token for unknown pieces. */
  readonly unknown: number;
  /** True if the space before a word is part of its first token, as in byte-level vocabularies. */
  readonly spaceInToken: boolean;
  /** Id of the mask token; missing in models without masked language modelling. */
  readonly mask?: number;
  /** Id of the end-of-text token, if the vocabulary has one. */
  readonly end?: number;
  /** Ids of all special tokens. */
  readonly special: ReadonlySet<number>;
  /** Returns the text of ids, without special tokens. */
  text(ids: readonly number[]): string;
  /** Returns a token as written in the vocabulary, such as `##ing`; undefined for an unknown id. */
  tokenOf(id: number): string | undefined;
  /** Id of the padding token. */
  readonly pad: number;
  /** The padding token as written in the vocabulary. */
  readonly padToken: string;
  /** Largest id + 1. */
  readonly vocabulary: number;
  /** Set if the ids are those of several tokenizers by turns. The special tokens are then those of the first one. */
  readonly joined?: readonly Tokenizer[];
}

/** Default number of tokens of a text. @see Hugging Face's run_glue.py, max_seq_length 128 */
export const defaultLength = 128;

/** The tokenizer class of @huggingface/tokenizers. */
type PackageTokenizer = InstanceType<typeof import("@huggingface/tokenizers")["Tokenizer"]>;

/** Builds the package's tokenizer. @throws ModelError if the files are damaged */
async function buildTokenizer({
  name = "tokenizer.json",
  tokenizer,
  config,
}: TokenizerFiles): Promise<PackageTokenizer> {
  const { Tokenizer } = await import("@huggingface/tokenizers");
  try {
    const fault = tokenizerFault(tokenizer);
    if (fault !== undefined) throw new TypeError(fault);
    return new Tokenizer(tokenizer, config);
  } catch (error) {
    throw new EngraftError("ModelError", `${name} cannot be used: ${messageOf(error)}`, {
      help: `take the ${name} that belongs to the model`,
      cause: error,
    });
  }
}

/** Returns the id of a token, given as a string or as an object with `content`. */
function numberOf(made: PackageTokenizer, token: unknown): number | undefined {
  const word = typeof token === "string" ? token : (token as { content?: unknown } | null)?.content;
  return typeof word === "string" ? made.token_to_id(word) : undefined;
}

/** Returns the special tokens around a text. */
function marksOf(made: PackageTokenizer): Tokenizer["marks"] {
  const [bare, marked] = [false, true].map(
    (add): readonly number[] => made.encode("a", { add_special_tokens: add }).ids,
  ) as [readonly number[], readonly number[]];
  const before = Math.max(0, marked.indexOf(bare[0]!));
  return { before: marked.slice(0, before), behind: marked.slice(before + bare.length) };
}

/** Returns the ids of the special tokens. */
function namedTokens(
  made: PackageTokenizer,
  { tokenizer, config }: TokenizerFiles,
  marks: Tokenizer["marks"],
) {
  const of = (token: unknown): number | undefined => numberOf(made, token);
  const first = (...words: readonly string[]): number | undefined =>
    words.map(of).find((id) => id !== undefined);
  const pad = of(config.pad_token) ?? first("[PAD]", "<pad>", "<PAD>") ?? of(config.eos_token) ?? 0;
  const unknown = first("[UNK]", "<unk>", "<UNK>", "<OOV>");
  const mask = of(config.mask_token) ?? first("[MASK]", "<mask>");
  const end = of(config.eos_token) ?? of("<|endoftext|>");
  const added = Array.isArray(tokenizer.added_tokens) ? tokenizer.added_tokens : [];
  const listed = added.flatMap((token: unknown) =>
    (token as { special?: unknown } | null)?.special === true ? [of(token)] : [],
  );
  const all = [...listed, pad, mask, end, unknown, ...marks.before, ...marks.behind];
  return {
    unknown: of(config.unk_token) ?? unknown ?? pad,
    mask,
    end,
    special: new Set(all.filter((id) => id !== undefined)),
    pad,
    padToken: made.id_to_token(pad) ?? "[PAD]",
  };
}

/**
 * Opens a tokenizer.
 * @param longest the model's limit of tokens for a text
 * @throws ModelError if the files are damaged
 */
export async function openTokenizer(files: TokenizerFiles, longest: number): Promise<Tokenizer> {
  const built = await buildTokenizer(files);
  const vocabulary = [...built.get_vocab(true).values()].reduce((most, id) => Math.max(most, id), -1) + 1;
  if (vocabulary === 0)
    throw new EngraftError("ModelError", `${files.name ?? "tokenizer.json"} has no vocabulary`);
  const marks = marksOf(built);
  const [before, behind] = [marks.before.length, marks.behind.length];
  const pieces = (text: string): number[] => built.encode(text, { add_special_tokens: false }).ids;
  const fast = cachedPieces(files.tokenizer, pieces);
  let template: PairTemplate | undefined;
  return {
    longest,
    pieces,
    marks,
    ...namedTokens(built, files, marks),
    spaceInToken: JSON.stringify(files.tokenizer.pre_tokenizer ?? null).includes('"ByteLevel"'),
    text: (ids) => (ids.length === 0 ? "" : built.decode([...ids], { skip_special_tokens: true })),
    tokenOf: (id) => built.id_to_token(id),
    vocabulary,
    parts(text) {
      const { ids } = built.encode(text);
      if (ids.length <= longest) return [ids];
      const inner = ids.slice(before, ids.length - behind);
      const room = Math.max(1, longest - before - behind);
      const count = Math.ceil(inner.length / room);
      return Array.from({ length: count }, (_, k) => [
        ...ids.slice(0, before),
        ...inner.slice(Math.round((k * inner.length) / count), Math.round(((k + 1) * inner.length) / count)),
        ...(behind > 0 ? ids.slice(-behind) : []),
      ]);
    },
    encodePair(first, second) {
      template ??= pairTemplate(
        pieces("a"),
        pieces("b"),
        built.encode("a", { text_pair: "b", return_token_type_ids: true }),
      );
      if (!template)
        throw new EngraftError("ModelError", "tokenizer.json does not say how two texts are joined", {
          help: "take a base whose tokenizer has a template for pairs, like BERT's",
        });
      const of = (text: string) => fast?.(text, Number.POSITIVE_INFINITY) ?? pieces(text);
      return joinedPair(of(first), of(second), template, longest);
    },
    encode(text) {
      if (fast) {
        const room = Math.max(0, longest - before - behind);
        const inner = fast(text, room);
        const cut = inner.length > room;
        if (cut) inner.length = room;
        return { ids: marks.before.concat(inner, marks.behind), cut };
      }
      const { ids } = built.encode(text);
      if (ids.length <= longest) return { ids, cut: false };
      const end = behind > 0 ? ids.slice(-behind) : [];
      return { ids: [...ids.slice(0, longest - behind), ...end], cut: true };
    },
  };
}

/**
 * Returns the `tokenizer.json` for a BERT `vocab.txt`, which has one word piece a line.
 * @throws ModelError without [UNK], [CLS] or [SEP]
 */
export function wordPieceTokenizer(
  vocab: string,
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const pieces = vocab.replace(/\r?\n$/, "").split(/\r?\n/);
  const ids = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  for (const mark of ["[UNK]", "[CLS]", "[SEP]"])
    if (!Object.hasOwn(ids, mark))
      throw new EngraftError("ModelError", `vocab.txt has no ${mark}: it is no vocabulary of word pieces`, {
        help: "put the model's tokenizer.json beside it instead",
      });
  const lower = config.do_lower_case !== false;
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].filter((mark) => Object.hasOwn(ids, mark));
  const mark = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const sequence = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
  const used = (id: string) => [id, { id, ids: [ids[id]], tokens: [id] }];
  return {
    version: "1.0",
    added_tokens: special.map((content) => ({
      id: ids[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars !== false,
      strip_accents: typeof config.strip_accents === "boolean" ? config.strip_accents : null,
      lowercase: lower,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [mark("[CLS]"), sequence("A", 0), mark("[SEP]")],
      pair: [mark("[CLS]"), sequence("A", 0), mark("[SEP]"), sequence("B", 1), mark("[SEP]")],
      special_tokens: Object.fromEntries([used("[CLS]"), used("[SEP]")]),
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: ids,
    },
  };
}
