/** One message of a chat. */
export interface ChatMessage {
  /** "system", "user" or "assistant". Other roles, such as "tool", stay as the data name them. */
  readonly role: string;
  readonly content: string;
}

/** A chat that ends with an answer. */
export interface Chat {
  /** File and line or record, for messages: `chats.jsonl:12`. */
  readonly id: string;
  readonly messages: readonly ChatMessage[];
}

/** True for a message that is an answer: an assistant's with a text. */
export const isAnswer = ({ role, content }: ChatMessage): boolean =>
  role === "assistant" && content.trim() !== "";
