import { EngraftError } from "../../core/errors.js";
import type { TextTokens } from "./text-tokens.js";

/** The tokens of a text that is encoded with cuts. */
interface CutTokens {
  readonly ids: readonly number[];
  /** For each cut, the number of tokens before it. */
  readonly places: readonly number[];
  /** Number of places where the text is divided before it is encoded. */
  readonly divisions: number;
}

/** A part of a text from one special token to the next. */
interface Section {
  readonly ids: readonly number[];
  /** Place where the next section begins. */
  readonly end: number;
  /** Place behind the special token that begins the next section. */
  readonly behind: number;
}

/** Limits of the work for a text with many cuts: characters that are encoded beside eight times the text, some seconds. */
const [otherCharacters, fewCuts] = [2 ** 20, 200];

/**
 * Encodes a text so that a token begins at each cut.
 *
 * A server encodes a prompt alone, and the model then writes the tokens of the answer. So the tokens of each prompt have to begin the
 * tokens of the chat. They do if the tokens of the whole text have a border there, as behind special tokens and before a space. Else a
 * token of the whole text spans the cut, for instance the line break that ends a prompt with one that begins the answer. Then the text
 * is divided there, and both sides are encoded alone. The tokens of this prompt are those of the server. Later prompts of the chat
 * keep the division, as a server does that keeps the tokens of earlier turns.
 *
 * A tokenizer encodes the text before a special token alone. So a prompt is encoded from its last special token on, and the tokens
 * before it are reused. Without special tokens, the time grows with the square of the number of cuts.
 * @param cuts places in the text, ascending
 * @param tokens.name the text's name in messages
 * @throws DataError for a text that takes too much work
 * @example
 * const { ids, places } = encodeWithCuts("<s>a question</s>an answer", [18], { ...hidden, name: "chat 1" });
 */
export function encodeWithCuts(
  text: string,
  cuts: readonly number[],
  { encode, special, name }: Pick<TextTokens, "encode" | "special"> & { readonly name: string },
): CutTokens {
  let work = 0;
  const most = 8 * text.length + otherCharacters;
  const encodePart = (from: number, to: number): readonly number[] => {
    work += to - from;
    if (work <= most || cuts.length <= fewCuts) return encode(text.slice(from, to));
    throw new EngraftError("DataError", `${name} is too long for a template with so few special tokens`, {
      help: "divide it into several chats, or give a template with special tokens: --template FILE",
      details: { characters: text.length, cuts: cuts.length },
    });
  };
  const sections = new Sections(text, special, encodePart);
  const done: number[] = [];
  /** Tokens before `from` are done. */
  let from = 0;
  /** The last cut behind `from`, and the tokens between. */
  let last: { readonly cut: number; readonly ids: readonly number[] } | undefined;
  const places: number[] = [];
  let divisions = 0;
  const divide = (cut: number, ids: readonly number[]): void => {
    append(done, ids);
    from = cut;
    last = undefined;
    divisions++;
  };
  for (const cut of cuts) {
    let { ids, border, before } = sections.prefix(from, cut);
    if (last && !begins(ids, last.ids)) {
      divide(last.cut, last.ids);
      ({ ids, border, before } = sections.prefix(from, cut));
    }
    places.push(done.length + ids.length);
    if (!begins(sections.tokens(from, cut, ids.length), ids)) {
      divide(cut, ids);
      continue;
    }
    append(done, ids.slice(0, before));
    from = border;
    last = { cut, ids: ids.slice(before) };
  }
  append(done, sections.tokens(from, text.length));
  return { ids: done, places, divisions };
}

/** The sections of a text. Each is encoded once. */
class Sections {
  readonly #text: string;
  readonly #encode: (from: number, to: number) => readonly number[];
  #special: RegExp | undefined;
  readonly #known = new Map<number, Section>();

  constructor(
    text: string,
    special: readonly string[],
    encode: (from: number, to: number) => readonly number[],
  ) {
    this.#text = text;
    this.#encode = encode;
    const literals = special.map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    if (literals.length > 0) this.#special = new RegExp(literals.join("|"), "g");
    // A tokenizer may remove the space before a special token. Then the sections are no guide.
    const whole = encode(0, text.length);
    const inSections = this.tokens(0, text.length);
    if (inSections.length === whole.length && begins(whole, inSections)) return;
    this.#special = undefined;
    this.#known.clear();
    this.#known.set(0, { ids: whole, end: text.length, behind: text.length });
  }

  /** Returns the tokens of the text from one place to another, with the last section border between and the tokens before it. */
  prefix(
    from: number,
    to: number,
  ): { readonly ids: number[]; readonly border: number; readonly before: number } {
    const ids: number[] = [];
    let border = from;
    while (border < to) {
      const { ids: own, end, behind } = this.#section(border);
      // A special token that the place divides is no border.
      if (end !== to && behind > to) break;
      append(ids, own);
      border = end;
    }
    const before = ids.length;
    if (border < to) append(ids, this.#encode(border, to));
    return { ids, border, before };
  }

  /** Returns the tokens of whole sections from a place on, up to another place or beyond it. @param least smallest number of tokens */
  tokens(from: number, to: number, least = 0): readonly number[] {
    const ids: number[] = [];
    let place = from;
    while (place < this.#text.length && (place < to || ids.length < least)) {
      const { ids: own, end } = this.#section(place);
      append(ids, own);
      place = end;
    }
    return ids;
  }

  #section(from: number): Section {
    const known = this.#known.get(from);
    if (known) return known;
    const next = this.#nextSpecial(from);
    const end = next?.index ?? this.#text.length;
    const behind = end + (next?.[0].length ?? 0);
    const section = { ids: this.#encode(from, end), end, behind };
    this.#known.set(from, section);
    return section;
  }

  /** Returns the first special token behind a place. */
  #nextSpecial(from: number): RegExpExecArray | undefined {
    if (!this.#special) return undefined;
    this.#special.lastIndex = from;
    const found = this.#special.exec(this.#text);
    return (found?.index === from ? this.#special.exec(this.#text) : found) ?? undefined;
  }
}

function append(ids: number[], more: readonly number[]): void {
  for (const id of more) ids.push(id);
}

const begins = (all: readonly number[], first: readonly number[]): boolean =>
  first.length <= all.length && first.every((id, i) => all[i] === id);
