/** One message of a chat. */
export interface ChatMessage {
  /** "system", "user" or "assistant". Other roles, such as "tool", stay as the data name them. */
  readonly role: string;
  readonly content: string;
  /** 0 for an answer that is context and not learnt, as in OpenAI's data. */
  readonly weight?: 0;
}

/** A chat that ends with an answer to learn. */
export interface Chat {
  /** File and line or record, for messages: `chats.jsonl:12`. */
  readonly id: string;
  readonly messages: readonly ChatMessage[];
}

/** True for a message of an assistant with a text. */
export const isFromAssistant = ({ role, content }: ChatMessage): boolean =>
  role === "assistant" && content.trim() !== "";

/** True for an answer to learn: an assistant's message with a text, whose weight is not 0. */
export const isAnswer = (message: ChatMessage): boolean => isFromAssistant(message) && message.weight !== 0;
