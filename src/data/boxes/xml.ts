import type { EngraftError } from "../../core/errors.js";
import { xmlDepthLimit, xmlElementLimit } from "../../core/file-limits.js";
import { listError } from "../lists/list-bytes.js";

/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, trimmed. */
  readonly text: string;
  /** Line of the start tag, counted from 1. */
  readonly line: number;
}

interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}

const attribute = /\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const entities: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/**
 * Parses an XML document of annotations: elements, attributes, text, CDATA and comments. A document that declares its own entities is
 * refused, so a small file cannot become a large one.
 *
 * @param file name for messages
 * @returns the root element
 * @throws DataError with file and line
 */
export function parseXml(text: string, file: string): XmlElement {
  let [line, counted, elements] = [1, 0, 0];
  const lineAt = (at: number): number => {
    for (let i = text.indexOf("\n", counted); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) {
      line++;
      counted = i + 1;
    }
    return line;
  };
  const refuse = (at: number, what: string, help = "export it again"): EngraftError =>
    listError(file, what, lineAt(at), help);
  const endOf = (sign: string, from: number, what: string): number => {
    const end = text.indexOf(sign, from);
    if (end < 0) throw refuse(from, `ends inside ${what}`);
    return end;
  };
  const stack: OpenElement[] = [];
  let root: OpenElement | undefined;
  const addText = (raw: string): void => {
    const top = stack.at(-1);
    if (top) top.text += raw;
  };
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf("<", at);
    const end = open < 0 ? text.length : open;
    if (end > at) {
      const piece = text.slice(at, end);
      if (stack.length === 0 && piece.trim() !== "") throw refuse(at, "has text outside of its root element");
      addText(decodeEntities(piece, (what) => refuse(at, what)));
    }
    if (open < 0) break;
    if (text.startsWith("<!--", open)) at = endOf("-->", open, "a comment") + 3;
    else if (text.startsWith("<![CDATA[", open)) {
      at = endOf("]]>", open, "CDATA") + 3;
      addText(text.slice(open + 9, at - 3));
    } else if (text.startsWith("<?", open)) at = endOf("?>", open, "an instruction") + 2;
    else if (text.startsWith("<!", open)) {
      at = endOf(">", open, "a declaration") + 1;
      if (/<!ENTITY|\[/.test(text.slice(open, at)))
        throw refuse(open, "declares entities", "remove the DOCTYPE from the file");
    } else if (text.startsWith("</", open)) {
      at = endOf(">", open, "a tag") + 1;
      const name = text.slice(open + 2, at - 1).trim();
      const closed = stack.pop();
      if (closed?.name !== name)
        throw refuse(
          open,
          `closes ${JSON.stringify(name)}, but ${closed ? `${JSON.stringify(closed.name)} is open` : "nothing is open"}`,
        );
      closed.text = closed.text.trim();
    } else {
      const tag = readTag(text, open);
      if (tag === undefined) throw refuse(open, "has a damaged tag");
      if (root !== undefined && stack.length === 0) throw refuse(open, "has two root elements");
      if (++elements > xmlElementLimit || stack.length >= xmlDepthLimit)
        throw refuse(
          open,
          stack.length >= xmlDepthLimit
            ? `is nested more than ${xmlDepthLimit} deep`
            : "has too many elements",
        );
      const attributes = new Map<string, string>();
      for (const [key, value] of tag.attributes)
        attributes.set(
          key,
          decodeEntities(value, (what) => refuse(open, what)),
        );
      const element: OpenElement = { name: tag.name, attributes, children: [], text: "", line: lineAt(open) };
      stack.at(-1)?.children.push(element);
      root ??= element;
      if (!tag.closed) stack.push(element);
      at = tag.end;
    }
  }
  if (root === undefined) throw refuse(0, "is not XML");
  if (stack.length > 0) throw refuse(text.length, `ends inside ${JSON.stringify(stack.at(-1)!.name)}`);
  return root;
}

interface Tag {
  readonly name: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly closed: boolean;
  readonly end: number;
}

/** Returns the start tag at a place; undefined for a damaged one. */
function readTag(text: string, open: number): Tag | undefined {
  const nameEnd = /[^\s/>=<"']*/y;
  nameEnd.lastIndex = open + 1;
  const name = nameEnd.exec(text)![0];
  if (name === "") return undefined;
  const attributes: [string, string][] = [];
  let at = open + 1 + name.length;
  for (;;) {
    attribute.lastIndex = at;
    const found = attribute.exec(text);
    if (found === null) break;
    attributes.push([found[1]!, found[2] ?? found[3]!]);
    at = attribute.lastIndex;
  }
  while (at < text.length && /\s/.test(text[at]!)) at++;
  const closed = text[at] === "/";
  if (text[at + (closed ? 1 : 0)] !== ">") return undefined;
  return { name, attributes, closed, end: at + (closed ? 2 : 1) };
}

function decodeEntities(text: string, refuse: (what: string) => EngraftError): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&\s]{0,12});?/g, (whole, name: string) => {
    const known = entities.get(name);
    if (known !== undefined && whole.endsWith(";")) return known;
    const number = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
    const code = number ? Number.parseInt(number[1] ?? number[2]!, number[1] ? 16 : 10) : Number.NaN;
    if (!(code > 0 && code <= 0x10ffff && whole.endsWith(";")))
      throw refuse(`has the unknown entity ${JSON.stringify(whole)}`);
    return String.fromCodePoint(code);
  });
}

/** Returns the first child with a name. */
export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name);

/** Returns the number that a text is; NaN for other texts and for an empty one. */
export const numberOf = (text: string | undefined): number =>
  text === undefined || text.trim() === "" ? Number.NaN : Number(text);
