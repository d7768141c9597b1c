import { jsonDepthLimit } from "./file-limits.js";

/**
 * Parses JSON from outside. The parser takes any depth, but functions that call themselves for each level, such as `JSON.stringify`, do not.
 * @throws SyntaxError if the text is not JSON, or is nested deeper than {@link jsonDepthLimit}
 */
export function parseJson(text: string): unknown {
  if (isDeep(text)) throw new SyntaxError(`it is nested deeper than ${jsonDepthLimit} levels`);
  return JSON.parse(text);
}

const [quote, backslash] = [0x22, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

function isDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === openList || c === openObject) {
      if (++depth > jsonDepthLimit) return true;
    } else if (c === closeList || c === closeObject) depth--;
    else if (c === quote)
      for (i++; i < text.length && text.charCodeAt(i) !== quote; i++)
        if (text.charCodeAt(i) === backslash) i++;
  }
  return false;
}
