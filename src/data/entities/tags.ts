/** A tag scheme. BIO and IOB1 mark beginnings of entities, BIOES also ends. */
export type TagScheme = "BIO" | "IOB1" | "BIOES";

/** An entity: the words from `first` up to `end`, excluded. */
export interface Span {
  readonly type: string;
  readonly first: number;
  readonly end: number;
}

interface Tag {
  /** One of B, I, E, S, O. */
  readonly mark: string;
  readonly type: string;
}

/** Letters of equivalent schemes: BILOU, and BMES in Chinese corpora. */
const letters: Readonly<Record<string, string>> = { B: "B", I: "I", M: "I", E: "E", L: "E", S: "S", U: "S" };

/** Parses a tag such as "B-PER"; undefined for other text. */
export function parseTag(tag: string): Tag | undefined {
  if (tag === "O") return { mark: "O", type: "" };
  const mark = tag[1] === "-" || tag[1] === "_" ? letters[tag[0]!] : undefined;
  return mark === undefined || tag.length < 3 ? undefined : { mark, type: tag.slice(2) };
}

const outside: Tag = { mark: "O", type: "" };
const tagOrOutside = (tag: string): Tag => parseTag(tag) ?? outside;

/** Returns true if an entity ends between neighbours a and b. */
function ends(a: Tag, b: Tag): boolean {
  if (a.mark === "O") return false;
  return a.mark === "E" || a.mark === "S" || b.mark === "O" || startsNew(b) || a.type !== b.type;
}

/** Returns true if an entity begins at b, which follows a. */
function begins(a: Tag, b: Tag): boolean {
  if (b.mark === "O") return false;
  return startsNew(b) || a.mark === "O" || a.mark === "E" || a.mark === "S" || a.type !== b.type;
}

const startsNew = ({ mark }: Tag): boolean => mark === "B" || mark === "S";

/**
 * Returns the entities of tags in any scheme. Invalid tags follow conlleval: a tag that continues no entity begins one.
 * @see Tjong Kim Sang & De Meulder, 2003, `conlleval`: startOfChunk and endOfChunk
 * @example spansOf(["B-PER", "I-PER", "O", "I-LOC"]) // PER 0 … 2, LOC 3 … 4
 */
export function spansOf(tags: readonly string[]): Span[] {
  const spans: Span[] = [];
  let before = outside;
  let open: { type: string; first: number } | undefined;
  for (let i = 0; i <= tags.length; i++) {
    const now = i < tags.length ? tagOrOutside(tags[i]!) : outside;
    if (open && ends(before, now)) {
      spans.push({ ...open, end: i });
      open = undefined;
    }
    if (begins(before, now)) open = { type: now.type, first: i };
    before = now;
  }
  return spans;
}

/** Returns the tags of entities in a scheme. */
export function tagsOf(spans: readonly Span[], length: number, scheme: TagScheme = "BIO"): string[] {
  const tags = Array<string>(length).fill("O");
  let before: Span | undefined;
  for (const span of spans) {
    const { type, first, end } = span;
    for (let i = first; i < end; i++) tags[i] = `I-${type}`;
    const touches = before?.end === first && before.type === type;
    if (scheme !== "IOB1" || touches) tags[first] = `B-${type}`;
    if (scheme === "BIOES") tags[end - 1] = end - first === 1 ? `S-${type}` : `E-${type}`;
    before = span;
  }
  return tags;
}

/**
 * Detects the tag scheme. BIOES has tags E or S. In IOB1, entities begin with I, and B only separates neighbours of one type. Otherwise
 * the scheme is BIO.
 */
export function schemeOf(sentences: Iterable<readonly string[]>): TagScheme {
  let [entityStartsWithI, freeB] = [false, false];
  for (const tags of sentences) {
    let before = outside;
    for (const tag of tags) {
      const now = tagOrOutside(tag);
      if (now.mark === "E" || now.mark === "S") return "BIOES";
      if (now.mark === "I" && begins(before, now)) entityStartsWithI = true;
      if (now.mark === "B" && (before.mark === "O" || before.type !== now.type)) freeB = true;
      before = now;
    }
  }
  return entityStartsWithI && !freeB ? "IOB1" : "BIO";
}

/** Returns the places of invalid tags, such as I-PER after O in BIO. */
export function brokenTags(tags: readonly string[], scheme: TagScheme): number[] {
  const repaired = tagsOf(spansOf(tags), tags.length, scheme);
  const canonical = (tag: string): string => {
    const { mark, type } = tagOrOutside(tag);
    return mark === "O" ? "O" : `${mark}-${type}`;
  };
  return tags.flatMap((tag, i) => (canonical(tag) === repaired[i] ? [] : [i]));
}
