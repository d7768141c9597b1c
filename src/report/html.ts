// HTML that is safe by construction: a value in an `html` template is escaped unless it is itself markup. Class names, file names and
// messages come from outside and may hold anything.
const brand: unique symbol = Symbol("markup");

/** Text that is already HTML. Only {@link html} and {@link trusted} make it. */
export interface Markup {
  readonly [brand]: true;
  readonly text: string;
}

type Part = Markup | string | number | undefined | false | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Escapes a text for an element or a quoted attribute. Control characters, halves of surrogate pairs, U+FFFE and U+FFFF become U+FFFD. */
export function escapeHtml(text: string): string {
  return (
    text
      .replace(/[\ud800-\udfff]/gu, "\ufffd")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are removed
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"'`]/g, (c) => entities[c]!)
  );
}

/** Returns a text of this package itself (style, script) as markup, without escaping. */
export function trusted(text: string): Markup {
  return { [brand]: true, text };
}

function isMarkup(part: object): part is Markup {
  return brand in part;
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return isMarkup(part) ? part.text : part.map(textOf).join("");
}

/**
 * Returns a piece of HTML.
 * @example html`<td>${className}</td>`.text
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return trusted(strings.reduce((all, s, i) => all + textOf(parts[i - 1]) + s));
}

/**
 * Returns a name from outside. It cannot change the direction of the text around it. The tooltip has the whole name, because the
 * style may shorten it.
 */
export function name(text: string): Markup {
  return html`<bdi title="${text}">${text}</bdi>`;
}

/**
 * Returns a value for `<script type="application/json">`. It holds no `<`, so neither `</script>` nor `<!--` can end or change the
 * element.
 */
export function jsonForScript(value: unknown): Markup {
  const json = JSON.stringify(value) ?? "null";
  return trusted(
    json.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}
