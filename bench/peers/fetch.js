/** Gives a function that gets the bytes of one image. */
export function clientOf(baseURL) {
  return async (prompt) => {
    const response = await fetch(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer cdt_bench', 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gemini-3.1-flash-image-preview',
        messages: [{ role: 'user', content: prompt }],
      }),
    });
    const { choices } = await response.json();
    const [, base64] = /base64,([A-Za-z0-9+/=]+)/.exec(choices[0].message.content);
    return Buffer.from(base64, 'base64');
  };
}
