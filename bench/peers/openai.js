import OpenAI from 'openai';

/** Gives a function that gets the bytes of one image. */
export function clientOf(baseURL) {
  const client = new OpenAI({ baseURL, apiKey: 'cdt_bench' });
  return async (prompt) => {
    const answer = await client.chat.completions.create({
      model: 'gemini-3.1-flash-image-preview',
      messages: [{ role: 'user', content: prompt }],
    });
    const [, base64] = /base64,([A-Za-z0-9+/=]+)/.exec(answer.choices[0].message.content);
    return Buffer.from(base64, 'base64');
  };
}
