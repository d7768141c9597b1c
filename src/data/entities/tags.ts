/** How tags mark entities: where one begins, and in BIOES also where it ends. */
export type TagScheme = "BIO" | "IOB1" | "BIOES";

/** An entity: words `first` up to `end`, which is behind it. */
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

/** Other letters of the same marks: BILOU, and BMES as Chinese corpora have it. */
const letters: Readonly<Record<string, string>> = { B: "B", I: "I", M: "I", E: "E", L: "E", S: "S", U: "S" };

/** "B-PER" in its parts; undefined for what is no tag. */
export function parseTag(tag: string): Tag | undefined {
  if (tag === "O") return { mark: "O", type: "" };
  const mark = tag[1] === "-" || tag[1] === "_" ? letters[tag[0]!] : undefined;
  return mark === undefined || tag.length < 3 ? undefined : { mark, type: tag.slice(2) };
}

const outside: Tag = { mark: "O", type: "" };
const known = (tag: string): Tag => parseTag(tag) ?? outside;

/** Does an entity end between two neighbours? */
function ends(a: Tag, b: Tag): boolean {
  if (a.mark === "O") return false;
  return a.mark === "E" || a.mark === "S" || b.mark === "O" || startsNew(b) || a.type !== b.type;
}

/** Does an entity begin at b? */
function begins(a: Tag, b: Tag): boolean {
  if (b.mark === "O") return false;
  return startsNew(b) || a.mark === "O" || a.mark === "E" || a.mark === "S" || a.type !== b.type;
}

const startsNew = ({ mark }: Tag): boolean => mark === "B" || mark === "S";

/**
 * The entities of tags in any scheme, broken ones read as conlleval does: what continues nothing begins something.
 * @see Tjong Kim Sang & De Meulder, 2003, `conlleval`: startOfChunk and endOfChunk
 * @example spansOf(["B-PER", "I-PER", "O", "I-LOC"]) // PER 0 … 2, LOC 3 … 4
 */
export function spansOf(tags: readonly string[]): Span[] {
  const spans: Span[] = [];
  let before = outside;
  let open: { type: string; first: number } | undefined;
  for (let i = 0; i <= tags.length; i++) {
    const now = i < tags.length ? known(tags[i]!) : outside;
    if (open && ends(before, now)) {
      spans.push({ ...open, end: i });
      open = undefined;
    }
    if (begins(before, now)) open = { type: now.type, first: i };
    before = now;
  }
  return spans;
}

/** Entities as tags of a scheme. */
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
 * Which scheme sentences are written in: BIOES where something ends with E or S, IOB1 where entities begin with I and
 * B only parts neighbours of one type, else BIO.
 */
export function schemeOf(sentences: Iterable<readonly string[]>): TagScheme {
  let [plain, needless] = [false, false];
  for (const tags of sentences) {
    let before = outside;
    for (const tag of tags) {
      const now = known(tag);
      if (now.mark === "E" || now.mark === "S") return "BIOES";
      if (now.mark === "I" && begins(before, now)) plain = true;
      if (now.mark === "B" && (before.mark === "O" || before.type !== now.type)) needless = true;
      before = now;
    }
  }
  return plain && !needless ? "IOB1" : "BIO";
}

/** Places of tags that their scheme does not allow there, such as I-PER behind O. */
export function brokenTags(tags: readonly string[], scheme: TagScheme): number[] {
  const sound = tagsOf(spansOf(tags), tags.length, scheme);
  const same = (tag: string): string => {
    const { mark, type } = known(tag);
    return mark === "O" ? "O" : `${mark}-${type}`;
  };
  return tags.flatMap((tag, i) => (same(tag) === sound[i] ? [] : [i]));
}
