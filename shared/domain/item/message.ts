/** A message as sent: texts, and images by index in the item's references. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly (string | number)[];
}

export function textsOf({ content }: Message): string[] {
  return content.filter((part) => typeof part === 'string');
}
