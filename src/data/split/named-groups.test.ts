import { expect, test } from "vitest";
import { groupsOfNames } from "./named-groups.js";

const groupOf = async (pattern: string, id: string): Promise<string | undefined> =>
  (await groupsOfNames([id], pattern, { what: "picture" }))[0];

test.each([
  ["([^/]+)_[0-9]+[.]jpg$", "people/anna_01.jpg", "anna"],
  ["^(.*?)_", "a_b_c.png", "a"],
  ["^(.*)_", "a_b_c.png", "a_b"],
  ["scan-[0-9]+", "x/scan-17-left.png", "scan-17"],
  ["(?:scan|photo)-(\\d{3,5})(?:-\\w+)?\\.(?:png|jpe?g)$", "x/photo-12345-left.jpeg", "12345"],
  ["(?<person>\\p{Lu}\\p{Ll}+)", "bild von Änne", "Änne"],
  ["(😀|\\x{1F601})+", "x😀😁", "😁"],
  ["[\\]/]([^\\]]{2})", "a]bc", "bc"],
  // No capturing group took part: the whole match.
  ["(left)?scan.", "scan7", "scan7"],
])("the group of %s in %s is %s", async (pattern, id, group) => {
  expect(await groupOf(pattern, id)).toBe(group);
});

test("a name that does not match has no group", async () => {
  const groups = await groupsOfNames(["anna_1.jpg", "7.jpg"], "([a-z]+)_", { what: "picture" });
  expect(groups).toEqual(["anna", undefined]);
});

// Each of these takes JavaScript's own engine minutes to years on a name of some thousand characters: longer than a test may take.
test.each([
  ["(a+)+$"],
  ["(a|a)+$"],
  ["(a|aa)+$"],
  ["^(?:a?a){1,30}$"],
  ["^([a-zA-Z]+)*$"],
  ["(.*a){12}$"],
  ["a*a*a*a*a*a*a*a*a*b$"],
  ["^(([a-z])+.)+[A-Z]([a-z])+$"],
  [".*.*.*.*.*=.*"],
  ["((a{10}){10}){10}$"],
])("a hostile pattern ends: %s", async (pattern) => {
  await expect(groupOf(pattern, `${"a".repeat(4000)}!`)).rejects.toThrow("fits no picture");
});

test.each([
  ["(a)\\1", "invalid escape sequence: `\\1`"],
  ["(?<x>a)\\k<x>", "invalid escape sequence: `\\k`"],
  ["(?=a)b", "invalid or unsupported Perl syntax: `(?=`"],
  ["(?<!a)b", "invalid named capture: `(?<!a)b`"],
  ["((a{100}){100}){100}", "invalid repeat count: `{100}`"],
  ["a{100000000}", "invalid repeat count: `{100000000}`"],
  ["(", "missing closing ): `(`"],
  ["[b-a]", "invalid character class range: `b-a`"],
  ["\\u00e9", "invalid escape sequence: `\\u`"],
  ["a".repeat(201), "it has 201 characters, at most 200 are allowed"],
])("a pattern that RE2 does not know is refused with the reason and the cure: %s", async (pattern, why) => {
  await expect(groupOf(pattern, "a/1.jpg")).rejects.toMatchObject({
    message: `groupFrom is no pattern: ${why}`,
    help: expect.stringContaining('like "([^/]+)_[0-9]+[.]jpg$"; it is written in RE2\'s syntax'),
    details: { option: "groupFrom", value: pattern },
  });
});

test("a pattern that matches no name is refused with names that there are", async () => {
  await expect(groupOf("nobody_([0-9]+)", "a/1.jpg")).rejects.toMatchObject({
    message: 'groupFrom "nobody_([0-9]+)" fits no picture',
    help: expect.stringContaining("a/1.jpg"),
  });
});
