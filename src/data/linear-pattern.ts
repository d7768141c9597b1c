import { type Atom, type Node, parsePattern } from "./pattern-parser.js";

/** What a pattern found: the whole match, and what stood in its first bracket. */
export interface Found {
  readonly match: string;
  readonly bracket: string | undefined;
}

type Instruction =
  | { readonly op: "one"; readonly atom: Atom }
  | { readonly op: "split"; first: number; second: number }
  | { readonly op: "jump"; to: number }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "forget" }
  | { readonly op: "assert"; readonly holds: (before: string, after: string) => boolean }
  | { readonly op: "match" };

/** Positions: where the match begins and ends, and the bracket; -1 is none. */
type Slots = readonly [number, number, number, number];
const nothing: Slots = [-1, -1, -1, -1];

/** A pattern that repeats more than this is no pattern of a name. */
const mostInstructions = 1000;

/**
 * A regular expression that takes time proportional to the text: all ways to match are followed at once, none twice
 * (Thompson 1968, with priorities as in Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009). What it
 * finds is what JavaScript's `exec` with the flag `u` finds. It knows no backreferences and no lookaround, and nothing is
 * repeated that can match the empty text: then the two could differ.
 *
 * @throws RangeError that says what it does not know, SyntaxError for what is no pattern
 * @example linearPattern("([^/]+)_[0-9]+[.]jpg$")("a/anna_01.jpg") // { match: "anna_01.jpg", bracket: "anna" }
 */
export function linearPattern(pattern: string): (text: string) => Found | undefined {
  const program: Instruction[] = [];
  compile(parsePattern(pattern), program);
  program.push({ op: "match" });
  return (text) => run(program, [...text]);
}

/** Append the instructions of a node. */
function compile(node: Node, out: Instruction[]): void {
  if (out.length > mostInstructions)
    throw new RangeError(`it repeats too much: written out it has more than ${mostInstructions} steps`);
  switch (node.kind) {
    case "one":
      out.push({ op: "one", atom: node.atom });
      return;
    case "assert":
      out.push({ op: "assert", holds: node.holds });
      return;
    case "sequence":
      for (const part of node.parts) compile(part, out);
      return;
    case "bracket":
      // Of all brackets the first one is asked for.
      if (node.number === 1) out.push({ op: "save", slot: 2 });
      compile(node.body, out);
      if (node.number === 1) out.push({ op: "save", slot: 3 });
      return;
    case "either": {
      const ends: { op: "jump"; to: number }[] = [];
      node.parts.forEach((part, i) => {
        const last = i === node.parts.length - 1;
        const split = { op: "split" as const, first: out.length + 1, second: 0 };
        if (!last) out.push(split);
        compile(part, out);
        if (last) return;
        const end = { op: "jump" as const, to: 0 };
        out.push(end);
        ends.push(end);
        split.second = out.length;
      });
      for (const end of ends) end.to = out.length;
      return;
    }
    case "repeat":
      repeat(node, out);
  }
}

function repeat(
  { body, least, most, lazy, forgets }: Extract<Node, { kind: "repeat" }>,
  out: Instruction[],
): void {
  const once = (): void => {
    if (forgets) out.push({ op: "forget" });
    compile(body, out);
  };
  const fork = () => {
    const split = { op: "split" as const, first: out.length + 1, second: -1 };
    out.push(split);
    return (to: number): void => {
      split.second = to;
      if (lazy) [split.first, split.second] = [split.second, split.first];
    };
  };
  for (let i = 0; i < least; i++) once();
  if (most === Number.POSITIVE_INFINITY) {
    const start = out.length;
    const leave = fork();
    once();
    out.push({ op: "jump", to: start });
    leave(out.length);
    return;
  }
  const leaves: ((to: number) => void)[] = [];
  for (let i = least; i < most; i++) {
    leaves.push(fork());
    once();
  }
  for (const leave of leaves) leave(out.length);
}

/** Follow every way at once, the preferred ones first; a way that comes to where a preferred one is ends there. */
function run(program: readonly Instruction[], text: readonly string[]): Found | undefined {
  let ways: { readonly at: number; readonly slots: Slots }[] = [];
  let best: Slots | undefined;
  // The position at which an instruction was reached last.
  const reached = new Int32Array(program.length).fill(-1);
  for (let position = 0; position <= text.length; position++) {
    const [before = "", now = ""] = [text[position - 1], text[position]];
    const next: typeof ways = [];
    const waiting: typeof ways = [];
    const follow = (at: number, slots: Slots, into: typeof ways): void => {
      if (reached[at] === position) return;
      reached[at] = position;
      const step = program[at]!;
      if (step.op === "jump") follow(step.to, slots, into);
      else if (step.op === "split") {
        follow(step.first, slots, into);
        follow(step.second, slots, into);
      } else if (step.op === "save")
        follow(at + 1, slots.map((s, i) => (i === step.slot ? position : s)) as unknown as Slots, into);
      else if (step.op === "forget") follow(at + 1, [slots[0], slots[1], -1, -1], into);
      else if (step.op === "assert") {
        if (step.holds(before, now)) follow(at + 1, slots, into);
      } else into.push({ at, slots });
    };
    for (const { at, slots } of ways) follow(at, slots, waiting);
    // A match that begins later is wanted only when none has begun.
    if (best === undefined) follow(0, [position, -1, -1, -1], waiting);
    for (const { at, slots } of waiting) {
      const step = program[at]!;
      if (step.op === "match") {
        best = [slots[0], position, slots[2], slots[3]];
        // Whatever comes after it is less preferred.
        break;
      }
      if (step.op === "one" && position < text.length && step.atom(now)) next.push({ at: at + 1, slots });
    }
    ways = next;
    if (ways.length === 0 && best !== undefined) break;
  }
  if (best === undefined) return undefined;
  const [start, end, from, to] = best ?? nothing;
  const part = (a: number, b: number): string => text.slice(a, b).join("");
  return { match: part(start, end), bracket: from < 0 || to < 0 ? undefined : part(from, to) };
}
