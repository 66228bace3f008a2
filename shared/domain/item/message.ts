/** A message of a conversation, as it is sent: texts, and images by their place among the item's references, from 0. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly (string | number)[];
}

/** The texts of a message. */
export function textsOf({ content }: Message): string[] {
  return content.filter((part) => typeof part === 'string');
}
