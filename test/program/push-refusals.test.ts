// What engraft push refuses, and how it treats the token.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  events,
  folder,
  hub,
  modelPath,
  push,
  puts,
  run,
  setUpPush,
  token,
  variables,
  writeCard,
} from "./push-fixture.js";

setUpPush();
test("a public repository needs --public, so that nothing becomes public by mistake", async () => {
  hub.state.repository = new Map();
  hub.state.private = false;
  await expect(push()).rejects.toMatchObject({
    kind: "OptionError",
    message: "org/name is public: everyone could read the model",
    help: expect.stringContaining("--public"),
  });
  expect(hub.state.commits).toEqual([]);
  expect(puts()).toEqual([]);
  await expect(push({ public: true })).resolves.toMatchObject({ private: false, created: false });
  hub.state.repository = undefined;
  await expect(push({ public: true })).resolves.toMatchObject({ private: false, created: true });
});

test("the token is in no message, whatever the server answers, and is sent only to the hub", async () => {
  hub.state.moods.push({ of: "preupload", status: 400, times: 1 });
  const error = await push().catch((e: unknown) => e as Error & { help: string; details: unknown });
  const text = JSON.stringify([error, (error as Error).message, (error as Error).stack]);
  expect(text).not.toContain(token);
  expect((error as Error).message).toMatch(
    /^the hub refused the upload to org\/name \(HTTP 400\): no {2}\[31mBearer …$/,
  );
  await push();
  const large = hub.state.received.filter(({ request }) => request.startsWith("PUT"));
  expect(large.map(({ token }) => token)).toEqual([undefined]);
  expect(JSON.stringify(events)).not.toContain(token);
});

test("the token comes from HF_TOKEN or from the file of the hub's own login; without a token no request is made", async () => {
  const tokens = (): Set<string | undefined> =>
    new Set(hub.state.received.filter(({ request }) => request.includes("/api/")).map(({ token }) => token));
  delete variables.HF_TOKEN;
  await expect(push()).rejects.toMatchObject({
    kind: "OptionError",
    message: "there is no token of the hub to push with",
    help: expect.stringContaining("set HF_TOKEN"),
  });
  expect(hub.state.requests).toEqual([]);
  mkdirSync(join(folder, ".cache/huggingface"), { recursive: true });
  writeFileSync(join(folder, ".cache/huggingface/token"), "hf_fromHome\n");
  await push();
  expect(tokens()).toEqual(new Set(["Bearer hf_fromHome"]));
  mkdirSync(join(folder, "hf"));
  writeFileSync(join(folder, "hf/token"), "hf_fromHfHome");
  variables.HF_HOME = join(folder, "hf");
  hub.state.received.length = 0;
  await push();
  expect(tokens()).toEqual(new Set(["Bearer hf_fromHfHome"]));
  // A broken token would end up in the message of a header that cannot be sent.
  writeFileSync(join(folder, "hf/token"), "hf_secret\u0001x");
  await expect(push()).rejects.toMatchObject({ message: expect.stringMatching(/^what the file holds /) });
  variables.HF_TOKEN = "hf_secret\nx";
  await expect(push()).rejects.toMatchObject({ message: expect.stringMatching(/^HF_TOKEN /) });
});

test.each([
  ["license: Apache", 'license is "Apache", '],
  ["license: other\nlicense_name: x", "license_link is missing"],
  ["license: other\nlicense_name: x\nlicense_link: LICENSE", "the folder has no such file"],
  ["pipeline_tag: image-regression", 'pipeline_tag is "image-regression", '],
  ["license: [", "the front matter of README.md is not YAML"],
])("a card with %j is refused", async (frontMatter, problem) => {
  writeCard(frontMatter);
  await expect(push({ iMayPublish: true })).rejects.toMatchObject({
    kind: "ModelError",
    message: expect.stringContaining(problem),
  });
  expect(hub.state.requests).toEqual([]);
});

test.each([
  [
    "license: other\nlicense_name: research-only\nlicense_link: https://example.org/x",
    'the licence "research-only"',
  ],
  ["license: unknown", "the licence of the base is not known"],
  ["license: cc-by-nd-4.0", "the licence cc-by-nd-4.0 forbids publishing what is derived"],
])("%j needs --i-may-publish", async (frontMatter, words) => {
  writeCard(frontMatter);
  await expect(push()).rejects.toMatchObject({
    kind: "OptionError",
    message: expect.stringContaining(words),
    help: "read the licence; if it lets you publish, add --i-may-publish",
  });
  expect(hub.state.requests).toEqual([]);
  await expect(push({ iMayPublish: true })).resolves.toMatchObject({ created: true });
});

test("links, folders without a model and invalid names are refused before any request", async () => {
  writeFileSync(join(folder, "secret.txt"), "secret");
  symlinkSync(join(folder, "secret.txt"), modelPath("notes.txt"));
  await expect(push()).rejects.toMatchObject({
    kind: "ModelError",
    message: '"notes.txt" in the model folder is a link: what it points to may lie outside the folder',
  });
  rmSync(modelPath("notes.txt"));
  symlinkSync(folder, modelPath("more"));
  await expect(push()).rejects.toThrow('"more" in the model folder is a link');
  rmSync(modelPath("more"));
  const linked = join(folder, "linked");
  mkdirSync(linked);
  symlinkSync(modelPath(), join(linked, "model"));
  await expect(push({}, linked)).rejects.toThrow("model/ in the run is a link");
  for (let i = 0; i < 101; i++) writeFileSync(modelPath(`${i}.jpg`), "");
  await expect(push()).rejects.toThrow("the folder holds more than 100 files: it is no model folder");
  for (let i = 0; i < 101; i++) rmSync(modelPath(`${i}.jpg`));
  rmSync(modelPath("README.md"));
  await expect(push()).rejects.toThrow("the folder has no model card: README.md");
  for (const name of [
    "name",
    "org/name/x",
    "../x",
    "org/..",
    "hf:org/name",
    "org/na me",
    "org/-x",
    "a--b/c",
    "",
  ])
    await expect(push({}, run, name)).rejects.toMatchObject({
      kind: "OptionError",
      message: `${JSON.stringify(name)} is no name of a repository`,
    });
  expect(hub.state.requests).toEqual([]);
});
