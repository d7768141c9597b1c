import { EngraftError, messageOf } from "../../core/errors.js";
import { joinedPair, type PairTemplate, pairTemplate } from "./pair-template.js";
import { cachedPieces } from "./piece-cache.js";

/** What a tokenizer is made of: the contents of `tokenizer.json` and `tokenizer_config.json`. */
export interface TokenizerFiles {
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Texts to token numbers. */
export interface Tokenizer {
  /** Numbers of a text with the marks around it, at most {@link longest} of them. */
  encode(text: string): { readonly ids: readonly number[]; readonly cut: boolean };
  /**
   * Two texts as one, as the tokenizer's own template joins them; where they are too long together the longer one is cut first.
   * A token of segment s is its number + s · {@link segmentUnit}.
   * @throws ModelError for a tokenizer that joins no texts
   */
  encodePair(first: string, second: string): { readonly ids: readonly number[]; readonly cut: boolean };
  /** A text in as few parts as have at most {@link longest} numbers, of about one length, each with the marks around it. */
  parts(text: string): readonly (readonly number[])[];
  /** Tokens that a text may have, the marks among them. */
  readonly longest: number;
  /** Numbers of a part of a text, without the marks around a text. */
  pieces(text: string): readonly number[];
  /** The marks around a text. */
  readonly marks: { readonly before: readonly number[]; readonly behind: readonly number[] };
  /** What stands for a piece that is not in the vocabulary. */
  readonly unknown: number;
  /** Whether the space before a word is part of its first token, as in byte-level vocabularies. */
  readonly spaceInToken: boolean;
  /** What hides a token in masked modelling; missing where the model was not made for it. */
  readonly mask?: number;
  /** What stands behind a text of a decoder, if the vocabulary has such a token. */
  readonly end?: number;
  /** Marks: the tokens that no text has. */
  readonly special: ReadonlySet<number>;
  /** How the vocabulary writes a token, `##ing`; undefined for a number that is none. */
  tokenOf(id: number): string | undefined;
  readonly pad: number;
  /** The token of that number. */
  readonly padToken: string;
  /** The largest number that there is, and one. */
  readonly vocabulary: number;
}

/** What people train text classifiers with. @see Hugging Face's run_glue.py, max_seq_length 128 */
export const usualLength = 128;

/** The tokenizer of the package, made of the files. */
type Made = InstanceType<typeof import("@huggingface/tokenizers")["Tokenizer"]>;

/** @throws ModelError when the files are damaged */
async function madeOf({ tokenizer, config }: TokenizerFiles): Promise<Made> {
  const { Tokenizer } = await import("@huggingface/tokenizers");
  try {
    return new Tokenizer(tokenizer, config);
  } catch (error) {
    throw new EngraftError("ModelError", `tokenizer.json cannot be used: ${messageOf(error)}`, {
      help: "take the tokenizer.json that belongs to the model",
      cause: error,
    });
  }
}

/** Returns the number of a token: a text, or an object that holds it. */
function numberOf(made: Made, token: unknown): number | undefined {
  const word = typeof token === "string" ? token : (token as { content?: unknown } | null)?.content;
  return typeof word === "string" ? made.token_to_id(word) : undefined;
}

/** Returns the numbers around those of a text. */
function marksOf(made: Made): Tokenizer["marks"] {
  const [bare, marked] = [false, true].map(
    (add): readonly number[] => made.encode("a", { add_special_tokens: add }).ids,
  ) as [readonly number[], readonly number[]];
  const before = Math.max(0, marked.indexOf(bare[0]!));
  return { before: marked.slice(0, before), behind: marked.slice(before + bare.length) };
}

/** Returns the tokens with a meaning of their own. */
function namedTokens(made: Made, { tokenizer, config }: TokenizerFiles, marks: Tokenizer["marks"]) {
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
    ...(mask !== undefined && { mask }),
    ...(end !== undefined && { end }),
    special: new Set(all.filter((id) => id !== undefined)),
    pad,
    padToken: made.id_to_token(pad) ?? "[PAD]",
  };
}

/**
 * Opens a tokenizer.
 * @param longest tokens a text may have: the model's limit. @throws ModelError when the files are damaged
 */
export async function openTokenizer(files: TokenizerFiles, longest: number): Promise<Tokenizer> {
  const made = await madeOf(files);
  const vocabulary = [...made.get_vocab(true).values()].reduce((most, id) => Math.max(most, id), -1) + 1;
  if (vocabulary === 0) throw new EngraftError("ModelError", "tokenizer.json has no vocabulary");
  const marks = marksOf(made);
  const [before, behind] = [marks.before.length, marks.behind.length];
  const pieces = (text: string): number[] => made.encode(text, { add_special_tokens: false }).ids;
  const fast = cachedPieces(files.tokenizer, pieces);
  let template: PairTemplate | undefined;
  return {
    longest,
    pieces,
    marks,
    ...namedTokens(made, files, marks),
    spaceInToken: JSON.stringify(files.tokenizer.pre_tokenizer ?? null).includes('"ByteLevel"'),
    tokenOf: (id) => made.id_to_token(id),
    vocabulary,
    parts(text) {
      const { ids } = made.encode(text);
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
        made.encode("a", { text_pair: "b", return_token_type_ids: true }),
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
      const { ids } = made.encode(text);
      if (ids.length <= longest) return { ids, cut: false };
      const end = behind > 0 ? ids.slice(-behind) : [];
      return { ids: [...ids.slice(0, longest - behind), ...end], cut: true };
    },
  };
}

/** The `tokenizer.json` of a BERT `vocab.txt`: one word piece a line. */
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
