import type { PromptFile } from './submit.ts';

export function memoryFile(name: string, contentType: string, content: string | Uint8Array): PromptFile {
  const bytes = Buffer.from(content);
  return {
    name,
    contentType,
    size: bytes.length,
    open: async function* (from = 0) {
      yield bytes.subarray(from);
    },
  };
}
