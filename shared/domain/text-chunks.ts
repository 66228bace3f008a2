/** Characters of a chunk: a write for each line would take longer than making the lines. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Texts in UTF-8, many at once. */
export async function* textChunks(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let chunk = '';
  for await (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk !== '') yield Buffer.from(chunk);
}
