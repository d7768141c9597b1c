import { templateWorkLimit } from "../../core/file-limits.js";

/** The used parts of @huggingface/jinja, whose own types do not resolve for ES modules. */
interface JinjaPackage {
  readonly tokenize: (
    source: string,
    options: { readonly lstrip_blocks: boolean; readonly trim_blocks: boolean },
  ) => unknown;
  readonly parse: (tokens: unknown) => unknown;
  readonly Environment: new () => Scope;
  readonly Interpreter: new (scope: Scope) => Interpreter;
}

interface Scope {
  set(name: string, value: unknown): unknown;
}

interface Interpreter {
  run(program: unknown): { readonly value: unknown };
  evaluate(node: Node | undefined, scope: Scope): { readonly value: unknown };
}

/** A node of a parsed template. */
interface Node {
  readonly type: string;
  readonly iterable?: { readonly lhs?: unknown };
}

/** Renders a template with values. @throws Error of the template, or if it does too much work */
export type Render = (values: Readonly<Record<string, unknown>>) => string;

/** Largest length of a text, and of a list, that a template may make. */
const [longestText, longestList] = [2 ** 26, 1_000_000];
/** Work of a step is 1, about 0.3 µs. A loop takes 5 µs for each entry of its list; other steps run over texts and lists at the speed of memory. */
const [workOfLoop, entriesOfUnit, charactersOfUnit] = [10, 32, 1024];

/**
 * Compiles a Jinja template with the settings and the functions that Transformers.js gives to chat templates.
 *
 * A template comes from outside, and the package has no limits. Here the steps count as work, and so do the texts and lists that they
 * give. A macro that calls itself ends with the stack. Three things are not bounded. One step, such as a replacement, may take long on
 * texts and lists below their limits. A text may have 2^29 characters while one step makes it. The source takes time to parse, and the
 * caller limits its length.
 * @param now the time of `strftime_now`
 * @throws Error for a source that is no template
 * @example
 * const render = await compileTemplate("{% for m in messages %}{{ m.content }}{% endfor %}", new Date());
 * render({ messages: [{ content: "a" }] }); // "a"
 */
export async function compileTemplate(source: string, now: Date): Promise<Render> {
  const { Environment, Interpreter, parse, tokenize } = (await import(
    "@huggingface/jinja"
  )) as unknown as JinjaPackage;
  const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  class BoundedInterpreter extends Interpreter {
    #work = 0;
    /** Nodes whose value a loop runs over. */
    readonly #loops = new Set<unknown>();

    override evaluate(node: Node | undefined, scope: Scope): { readonly value: unknown } {
      // A loop with a condition keeps its list inside a select expression.
      if (node?.type === "For") this.#loops.add(node.iterable?.lhs ?? node.iterable);
      const result = super.evaluate(node, scope);
      this.#work += 1 + workOf(result.value, this.#loops.has(node));
      if (this.#work > templateWorkLimit) throw new Error("it does more work than a chat template may");
      return result;
    }
  }
  return (values) => {
    const scope = new Environment();
    for (const [name, value] of Object.entries({ ...globals(now), ...values })) scope.set(name, value);
    return String(new BoundedInterpreter(scope).run(program).value);
  };
}

/** Returns the work that a value of a step causes. @throws Error for a value that is too long */
function workOf(value: unknown, isLooped: boolean): number {
  if (typeof value === "string") {
    if (value.length > longestText) throw new Error(`it makes a text of ${value.length} characters`);
    return value.length / charactersOfUnit;
  }
  const entries = Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0;
  if (entries > longestList) throw new Error(`it makes a list of ${entries} entries`);
  return isLooped ? entries * workOfLoop : entries / entriesOfUnit;
}

/** The variables and functions of every template. */
const globals = (now: Date): Readonly<Record<string, unknown>> => ({
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  raise_exception(text: unknown): never {
    throw new Error(String(text));
  },
  range,
  strftime_now: (format: unknown) => formatTime(String(format), now),
});

function range(first: number, end?: number, step = 1): number[] {
  const [from, to] = end === undefined ? [0, first] : [first, end];
  if (step === 0) throw new Error("range() step must not be zero");
  const entries = Math.max(0, Math.ceil((to - from) / step));
  if (!(entries <= longestList)) throw new Error(`it makes a list of ${entries} entries`);
  return Array.from({ length: entries }, (_, i) => from + i * step);
}

const months = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** Formats a time by the codes that Transformers.js knows. */
function formatTime(format: string, time: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const month = months[time.getMonth()]!;
  const codes: Readonly<Record<string, string>> = {
    Y: String(time.getFullYear()),
    m: two(time.getMonth() + 1),
    d: two(time.getDate()),
    b: month.slice(0, 3),
    B: month,
    H: two(time.getHours()),
    M: two(time.getMinutes()),
    "%": "%",
  };
  return format.replace(/%([YmdbBHM%])/g, (_, code: string) => codes[code]!);
}
