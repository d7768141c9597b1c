import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeHtml, html, jsonForScript, name } from "./html.js";

test("what is put into a template is text, not markup", () => {
  const hostile = `</td><script>alert(1)</script><img src=x onerror='alert(2)' title="`;
  expect(html`<td title="${hostile}">${hostile}</td>`.text).not.toMatch(/<script|<img|="<|onerror='/);
  expect(html`<p>${html`<b>${"<"}</b>`}${["a&b", html`<i></i>`]}${undefined}${false}${3}</p>`.text).toBe(
    "<p><b>&lt;</b>a&amp;b<i></i>3</p>",
  );
});

test("escaped text never holds a character that could end an element or an attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the claim is that there are none
      expect(escapeHtml(text)).not.toMatch(/[<>"'`\u0000-\u0008\u007f]/);
    }),
  );
});

test("half a surrogate pair and control characters become the replacement character", () => {
  expect(escapeHtml("a\ud800b\u0000c\u001bd")).toBe("a\ufffdb\ufffdc\ufffdd");
  expect(escapeHtml("\u{1f41d} bee")).toBe("\u{1f41d} bee");
});

test("a name that is written right to left does not turn the text around it", () => {
  expect(name("a\u202eb").text).toBe('<bdi title="a\u202eb">a\u202eb</bdi>');
});

test("JSON in a script element cannot end it, and reads back as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = jsonForScript({ value, bad: "</script><!--\u2028" }).text;
      expect(text).not.toMatch(/[<>\u2028]/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ value, bad: "</script><!--\u2028" })));
    }),
  );
  expect(runInNewContext(`(${jsonForScript("</script>").text})`)).toBe("</script>");
});
