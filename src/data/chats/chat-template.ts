import { EngraftError, messageOf } from "../../core/errors.js";
import { templateLimit } from "../../core/file-limits.js";
import { count, quoted } from "../split/found.js";
import type { ChatMessage } from "./chat.js";
import { compileTemplate, type Render } from "./jinja.js";

/** Writes a chat as the text that a model reads. */
export interface ChatTemplate {
  /** The Jinja template. */
  readonly source: string;
  /** True if the model has no template, so that the default one is used. */
  readonly isDefault: boolean;
  /**
   * Renders messages. With `forAnswer`, the text ends where the assistant's next message begins. Default false.
   * @throws ModelError if the template fails, with its own message
   */
  render(messages: readonly ChatMessage[], options?: { readonly forAnswer?: boolean }): string;
}

/**
 * Template for a model without one: `User: …` and `Assistant: …` on lines of their own. The end token stands behind an answer, if the
 * tokenizer has one. The prompt ends without a space, since in most vocabularies a space belongs to the word behind it.
 */
const defaultTemplate = [
  "{% for message in messages %}",
  "{{ message['role'] | capitalize }}: {{ message['content'] }}",
  "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}",
  "{{ '\\n' }}",
  "{% endfor %}",
  "{% if add_generation_prompt %}Assistant:{% endif %}",
].join("");

/** Fields of tokenizer_config.json whose tokens a template may use. @see SPECIAL_TOKEN_ATTRIBUTES of Transformers.js */
const tokenFields = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"].map((name) => `${name}_token`);

const help = "take the file that belongs to the model, or give another template: --template FILE";

/**
 * Opens the chat template of a model. It renders as `apply_chat_template` of Transformers.js.
 * @param config contents of tokenizer_config.json. Its `chat_template` is a text, or a list of templates with one named "default"
 * @param given contents of chat_template.jinja, which is used instead of the one in `config`
 * @param at name of the template's file in messages
 * @param options.now the time that a template may write. Default: the time of the call
 * @returns the template; the default one if `config` and `given` have none
 * @throws ModelError for a template that is too long or cannot be parsed, and for a list without "default"
 * @example
 * const template = await openChatTemplate({ eos_token: "</s>" });
 * template.render([{ role: "user", content: "2 + 2?" }], { forAnswer: true }); // "User: 2 + 2?\nAssistant:"
 */
export async function openChatTemplate(
  config: Readonly<Record<string, unknown>>,
  given?: string,
  at: string = given ? "chat_template.jinja" : "tokenizer_config.json",
  { now = new Date() }: { readonly now?: Date } = {},
): Promise<ChatTemplate> {
  const own = given || templateOf(config, at);
  const source = own ?? defaultTemplate;
  if (source.length > templateLimit)
    throw new EngraftError(
      "ModelError",
      `the chat template has ${count(source.length, "character")}, more than ${count(templateLimit, "character")}`,
      { at, help },
    );
  let render: Render;
  try {
    render = await compileTemplate(source, now);
  } catch (error) {
    const what = `the chat template cannot be read: ${messageOf(error)}`;
    throw new EngraftError("ModelError", what, { at, help, cause: error });
  }
  const tokens = tokensOf(config);
  return {
    source,
    isDefault: own === undefined,
    render(messages, { forAnswer = false } = {}) {
      try {
        return render({
          messages: messages.map(({ role, content }) => ({ role, content })),
          add_generation_prompt: forAnswer,
          tools: null,
          documents: null,
          ...tokens,
        });
      } catch (error) {
        throw new EngraftError("ModelError", `the chat template fails: ${messageOf(error)}`, {
          at,
          help,
          cause: error,
        });
      }
    },
  };
}

/** Returns the template in tokenizer_config.json, if there is one. */
function templateOf(
  { chat_template: stated }: Readonly<Record<string, unknown>>,
  at: string,
): string | undefined {
  if (stated === undefined || stated === null || stated === "") return undefined;
  if (typeof stated === "string") return stated;
  const named = Array.isArray(stated)
    ? (stated as readonly ({ name?: unknown; template?: unknown } | null)[])
    : [];
  const chosen = named.find((one) => one?.name === "default")?.template;
  if (typeof chosen === "string") return chosen;
  const names = quoted(named.map((one) => String(one?.name)));
  throw new EngraftError(
    "ModelError",
    names === "" ? "the chat template is no text" : `none of the chat templates is named "default": ${names}`,
    { at, help },
  );
}

/** Returns the special tokens by the names that templates use. */
function tokensOf(config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const entries = tokenFields.flatMap((name) => {
    const stated = config[name];
    const token =
      typeof stated === "string" ? stated : (stated as { content?: unknown } | null | undefined)?.content;
    return typeof token === "string" && token !== "" ? [[name, token] as const] : [];
  });
  return Object.fromEntries(entries);
}
