import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText } from 'ai';

/** Gives a function that gets the bytes of one image. */
export function clientOf(baseURL) {
  const model = createOpenAICompatible({ name: 'bench', baseURL, apiKey: 'cdt_bench' })(
    'gemini-3.1-flash-image-preview',
  );
  return async (prompt) => {
    const { text } = await generateText({ model, prompt });
    const [, base64] = /base64,([A-Za-z0-9+/=]+)/.exec(text);
    return Buffer.from(base64, 'base64');
  };
}
