import type { Message } from '../../item/message.ts';
import { type Rejection, rejected } from '../format.ts';

/** A request's message: texts and images in their order. */
export interface WrittenMessage {
  readonly role: Message['role'];
  readonly parts: readonly (string | WrittenImage)[];
}

export interface WrittenImage {
  readonly image: string;
}

/** What a list of messages asks for; `messages` only if prompt and references don't say all of it. */
export interface Conversation {
  readonly kind: 'conversation';
  readonly prompt: string;
  readonly system: string;
  readonly references: readonly string[];
  readonly messages?: readonly Message[];
}

/** Reads a conversation that a user message ends; leading system messages are the system text. */
export function conversationOf(all: readonly WrittenMessage[]): Conversation | Rejection {
  const begin = all.findIndex(({ role }) => role !== 'system');
  const last = all.at(-1);
  if (begin < 0 || last === undefined) return rejected('there is no message of the user');
  if (last.role !== 'user') return rejected('the last message must be of the user: it is what is asked for');
  const systemParts = all.slice(0, begin).flatMap(({ parts }) => parts);
  const system = textsIn(systemParts);
  if (system.length < systemParts.length) return rejected('a system message can hold text only', 'system');

  const messages = all.slice(begin);
  const references = messages.flatMap(({ parts }) => parts.flatMap(imageIn));
  const facts = { kind: 'conversation', prompt: textsIn(last.parts).join('\n') } as const;
  const said = { ...facts, system: system.join('\n'), references };
  return messages.length === 1 && endsWithImages(last) ? said : { ...said, messages: numbered(messages) };
}

/** Images go after the text by default. */
function endsWithImages({ parts }: WrittenMessage): boolean {
  const firstImage = parts.findIndex((part) => typeof part !== 'string');
  return firstImage < 0 || parts.slice(firstImage).every((part) => typeof part !== 'string');
}

function numbered(messages: readonly WrittenMessage[]): Message[] {
  let next = 0;
  return messages.map(({ role, parts }) => ({
    role,
    content: parts.map((part) => {
      if (typeof part === 'string') return part;
      next += 1;
      return next - 1;
    }),
  }));
}

function textsIn(parts: WrittenMessage['parts']): string[] {
  return parts.filter((part) => typeof part === 'string');
}

function imageIn(part: string | WrittenImage): string[] {
  return typeof part === 'string' ? [] : [part.image];
}
