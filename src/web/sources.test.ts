import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { showBase } from "../bases/catalog.js";
import { readPreprocessing } from "../bases/preprocessing.js";
import { DataLocation, ModelProtoSchema, writeModel } from "../onnx/index.js";
import { webFiles } from "../platform/web/web-files.js";
import { bundledModels, openSource } from "./sources.js";

/** Returns a model with a weight in each file; the last weight is in a constant of a branch. */
function model(...locations: readonly string[]): Uint8Array {
  const tensors = locations.map((value, i) => ({
    name: `w${i}`,
    dataLocation: DataLocation.EXTERNAL,
    externalData: [{ key: "location", value }],
  }));
  const constant = { opType: "Constant", attribute: [{ name: "value", t: tensors.at(-1)! }] };
  const branch = { opType: "If", attribute: [{ name: "then_branch", g: { node: [constant] } }] };
  const graph = { initializer: tensors.slice(0, -1), node: locations.length > 0 ? [branch] : [] };
  return writeModel(create(ModelProtoSchema, { graph }));
}

const served: Readonly<Record<string, string | Uint8Array>> = {
  "/org/name/resolve/main/onnx/model.onnx": model("model.onnx_data"),
  "/org/name/resolve/main/onnx/model.onnx_data": "weights",
  "/org/name/resolve/main/onnx/model_fp16.onnx": model("model_fp16.onnx_data", "./parts/b c.bin", "gone.bin"),
  "/org/name/resolve/main/onnx/model_fp16.onnx_data": "half",
  "/org/name/resolve/main/onnx/parts/b%20c.bin": "more",
  "/whole/model.onnx": model(),
  "/hostile/model.onnx": model("../../secret", "model.onnx"),
  "/org/name/resolve/main/config.json": "{}",
  "/flat/model.onnx": "another",
  "/flat/preprocessor_config.json": "{}",
  "/encoder/model.onnx": "an encoder",
  "/encoder/config.json": '{"vocab_size":100}',
  "/encoder/tokenizer.json": "{}",
  "/encoder/tokenizer_config.json": "{}",
  "/decoder/onnx/model.onnx": "a decoder",
  "/decoder/config.json": '{"vocab_size":100,"architectures":["LlamaForCausalLM"]}',
  "/decoder/tokenizer.json": "{}",
  "/decoder/tokenizer_config.json": "{}",
  "/answers/onnx/model.onnx": "a trained decoder",
  "/answers/config.json":
    '{"vocab_size":100,"architectures":["LlamaForCausalLM"],"transformers.js_config":{"dtype":"fp32"}}',
  "/answers/engraft.json": '{"format":1,"task":"text-generation"}',
  "/answers/tokenizer.json": "{}",
  "/answers/tokenizer_config.json": '{"chat_template":"a template"}',
  "/trained-table/onnx/model.onnx": "a table",
  "/trained-table/config.json": '{"transformers.js_config":{"dtype":"fp32"}}',
  "/trained-table/engraft.json": '{"format":1,"task":"tabular-regression"}',
  "/trained-table/table.json": "{}",
  "/trained-texts/onnx/model.onnx": "texts",
  "/trained-texts/config.json": '{"transformers.js_config":{"dtype":"fp32"}}',
  "/trained-texts/engraft.json": '{"format":1,"task":"multi-label-classification"}',
  "/trained-texts/tokenizer.json": "{}",
  "/sounds/onnx/model.onnx": "sounds",
  "/sounds/config.json":
    '{"model_type":"wav2vec2","architectures":["Wav2Vec2ForSequenceClassification"],"transformers.js_config":{"dtype":"fp32"}}',
  "/sounds/engraft.json": '{"format":1,"task":"audio-classification"}',
  "/sounds/preprocessor_config.json": "{}",
  "/speech/onnx/model.onnx": "speech",
  "/speech/config.json":
    '{"model_type":"wav2vec2","architectures":["Wav2Vec2ForCTC"],"vocab_size":6,"transformers.js_config":{"dtype":"fp32"}}',
  "/speech/engraft.json":
    '{"format":1,"task":"automatic-speech-recognition","speech":{"decoder":{"name":"beam","language_model":{}}}}',
  "/speech/preprocessor_config.json": "{}",
  "/speech/tokenizer.json": "{}",
  "/speech/tokenizer_config.json": "{}",
  "/speech/vocab.json": "{}",
  "/speech/language_model.json": "{}",
  "/recogniser/onnx/model.onnx": "a recogniser",
  "/recogniser/config.json": '{"model_type":"hubert","architectures":["HubertForCTC"],"vocab_size":32}',
  "/recogniser/preprocessor_config.json": "{}",
  "/recogniser/vocab.json": "{}",
};
const requests: string[] = [];
const server = createServer((request, response) => {
  const path = request.url ?? "";
  requests.push(path);
  if (path.startsWith("/app/")) response.setHeader("content-type", "text/html").end("<h1>start page</h1>");
  else if (path.startsWith("/broken/")) response.writeHead(500).end();
  else if (Object.hasOwn(served, path)) response.end(served[path]);
  else response.writeHead(404).end("no");
});
let site: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

const open = async (path: string) => openSource({ url: `${site}${path}` }, {});

test("a folder's address brings its files, and the name of its repository", async () => {
  const { path, volumes } = await open("/org/name/resolve/main/");
  expect(path).toBe("/model/name");
  const files = webFiles(volumes, {});
  expect((await files.list("/model/name")).map((e) => e.name).sort()).toEqual(["config.json", "onnx"]);
  expect((await files.list("/model/name/onnx")).map((e) => e.name)).toEqual([
    "model.onnx",
    "model.onnx_data",
  ]);
});

test("only files with weights that the model names are requested", async () => {
  const of = async (path: string): Promise<readonly string[]> => {
    requests.length = 0;
    await open(path);
    return requests.filter((request) => !/(json|README.md|LICENSE)$/.test(request));
  };
  expect(await of("/whole/model.onnx")).toEqual(["/whole/model.onnx"]);
  // Other files, and paths out of the folder, are refused when the model is opened.
  expect(await of("/flat/model.onnx")).toEqual(["/flat/model.onnx"]);
  expect(await of("/hostile/model.onnx")).toEqual(["/hostile/model.onnx"]);
  const folder = "/org/name/resolve/main/onnx";
  expect(await of(`${folder}/model_fp16.onnx`)).toEqual([
    `${folder}/model_fp16.onnx`,
    `${folder}/model_fp16.onnx_data`,
    `${folder}/parts/b%20c.bin`,
    `${folder}/gone.bin`,
  ]);
  const files = webFiles((await open(`${folder}/model_fp16.onnx`)).volumes, {});
  const text = async (path: string) => new TextDecoder().decode(await files.read(`/model/name/onnx/${path}`));
  expect(await text("model_fp16.onnx_data")).toBe("half");
  expect(await text("parts/b c.bin")).toBe("more");
});

test("a folder with the model at its top also works, and so does the address of the file", async () => {
  for (const path of ["/flat", "/flat/", "/flat/model.onnx"]) {
    const { path: place, volumes } = await open(path);
    expect(place).toBe("/model/flat");
    expect(await webFiles(volumes, {}).stat("/model/flat/preprocessor_config.json")).toBeDefined();
  }
});

test("the config.json of a folder decides which other files are requested", async () => {
  const namesOf = async (path: string): Promise<readonly string[]> => {
    requests.length = 0;
    await open(`/${path}/`);
    return requests.map((request) => request.slice(path.length + 2));
  };
  const card = ["README.md", "LICENSE"];
  expect(await namesOf("flat")).toEqual([
    ...["onnx/model.onnx", "model.onnx", "config.json", "preprocessor_config.json"],
    ...card,
  ]);
  expect(await namesOf("encoder")).toEqual([
    ...["onnx/model.onnx", "model.onnx", "config.json"],
    ...["tokenizer.json", "tokenizer_config.json", "1_Pooling/config.json"],
    ...card,
  ]);
  expect(await namesOf("decoder")).toEqual([
    ...["onnx/model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json"],
    ...["generation_config.json", "chat_template.jinja"],
    ...card,
  ]);
  expect(await namesOf("answers")).toEqual([
    ...["onnx/model.onnx", "config.json", "engraft.json", "tokenizer.json", "tokenizer_config.json"],
    "generation_config.json",
    ...card,
  ]);
  expect(await namesOf("trained-table")).toEqual([
    ...["onnx/model.onnx", "config.json", "engraft.json", "table.json"],
    ...card,
  ]);
  // Several labels can be of pictures or of texts.
  expect(await namesOf("trained-texts")).toEqual([
    ...["onnx/model.onnx", "config.json", "engraft.json", "preprocessor_config.json"],
    ...["tokenizer.json", "tokenizer_config.json"],
    ...card,
  ]);
});

test("models of sounds are no models of texts, as bases and as trained models", async () => {
  const namesOf = async (path: string, isBase: boolean): Promise<readonly string[]> => {
    requests.length = 0;
    await openSource({ url: `${site}/${path}/` }, { isBase });
    const names = requests.map((request) => request.slice(path.length + 2));
    return names.filter((name) => !["onnx/model.onnx", "config.json", "README.md", "LICENSE"].includes(name));
  };
  expect(await namesOf("sounds", true)).toEqual(["preprocessor_config.json"]);
  expect(await namesOf("sounds", false)).toEqual(["engraft.json", "preprocessor_config.json"]);
  expect(await namesOf("speech", true)).toEqual([
    ...["preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"],
  ]);
  expect(await namesOf("speech", false)).toEqual([
    ...["engraft.json", "preprocessor_config.json", "language_model.json", "vocab.json"],
  ]);
  expect(await namesOf("recogniser", true)).toEqual([
    ...["preprocessor_config.json", "tokenizer.json", "vocab.json"],
  ]);
});

test("a bundled base is fetched once, when it is opened", async () => {
  requests.length = 0;
  const files = webFiles({ assets: bundledModels(`${site}/`, {}) }, {});
  expect(await openSource({ named: "vision-mini" }, {})).toEqual({ path: "vision-mini", volumes: {} });
  expect(requests).toEqual([]);
  await Promise.all([files.stat("/assets/flat/onnx/model.onnx"), files.list("/assets/flat/onnx")]);
  expect(requests.filter((path) => path === "/flat/model.onnx")).toHaveLength(1);
  await expect(files.writeAtomic("/assets/flat/a", "b")).rejects.toThrow("the disk is read-only");
});

test("a name of the hub is an address of the hub", async () => {
  const requested: string[] = [];
  vi.stubGlobal("fetch", async (address: URL) => {
    requested.push(address.href);
    return new Response(null, { status: 404 });
  });
  await expect(openSource({ named: "hf:org/name@v2" }, {})).rejects.toMatchObject({ code: "unreachable" });
  await expect(openSource({ named: "resnet-18" }, {})).rejects.toMatchObject({ code: "unreachable" });
  vi.unstubAllGlobals();
  expect(requested).toEqual([
    "https://huggingface.co/org/name/resolve/v2/onnx/model.onnx",
    "https://huggingface.co/org/name/resolve/v2/model.onnx",
    "https://huggingface.co/Xenova/resnet-18/resolve/main/onnx/model.onnx",
  ]);
});

test("a base of the catalogue has its licence from there, and its preprocessing if its repository states none", async () => {
  vi.stubGlobal("fetch", async ({ href }: URL) =>
    href.endsWith("/yolox_nano.onnx") ? new Response("a detector") : new Response(null, { status: 404 }),
  );
  const { path, volumes } = await openSource({ named: "yolox-nano" }, {}, "base");
  vi.unstubAllGlobals();
  expect(path).toBe("/base/yolox-onnx");
  const json = await webFiles(volumes).read(`${path}/preprocessor_config.json`);
  expect(readPreprocessing(JSON.parse(new TextDecoder().decode(json)))).toEqual(
    (await showBase("yolox-nano")).preprocessing,
  );
  const readme = await webFiles(volumes).read(`${path}/README.md`);
  expect(new TextDecoder().decode(readme)).toBe("---\nlicense: apache-2.0\n---\n");
});

test("if there is no model, the error names the addresses that were tried", async () => {
  await expect(open("/nothing/")).rejects.toMatchObject({
    kind: "NetworkError",
    message: `there is no model at ${site}/nothing/`,
    at: `${site}/nothing/onnx/model.onnx, ${site}/nothing/model.onnx`,
  });
  const files = webFiles({ assets: bundledModels(`${site}/nothing/`, {}) }, {});
  await expect(files.stat("/assets/vision-mini/onnx/model.onnx")).rejects.toMatchObject({
    kind: "NetworkError",
    details: { address: `${site}/nothing/vision-mini/` },
    help: "with a bundler, copy node_modules/engraft/assets/vision-mini into a folder that the site serves, and give its address as `base`",
  });
  // A server that answers everything with its start page has no model either.
  await expect(open("/app/")).rejects.toMatchObject({
    code: "unreachable",
    details: { address: `${site}/app/` },
  });
});

test("the error names a server that fails or does not exist", async () => {
  await expect(open("/broken/")).rejects.toThrow(
    `cannot fetch ${site}/broken/onnx/model.onnx: the server answers 500`,
  );
  await expect(openSource({ url: "http://127.0.0.1:9/x.onnx" }, {})).rejects.toThrow(
    "cannot fetch http://127.0.0.1:9/x.onnx",
  );
});

test("given files and runs need no network", async () => {
  const files = [{ path: "onnx/model.onnx", content: Uint8Array.of(1) }];
  const given = await openSource({ name: "mine", files }, {});
  expect(given.path).toBe("/model/mine");
  expect([...(await webFiles(given.volumes, {}).read("/model/mine/onnx/model.onnx"))]).toEqual([1]);
  expect(await openSource({ run: "flowers" }, {})).toEqual({ path: "/runs/flowers/model", volumes: {} });
});
