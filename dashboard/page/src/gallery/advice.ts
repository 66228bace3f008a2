/** What a failed tile says in its few lines; the large view has the provider's own words. */
const ADVICE: Readonly<Record<string, readonly [title: string, advice: string, edits: boolean]>> = {
  auth: ['key rejected', 'Set a valid API key, then retry.', false],
  credits: ['out of credits', 'Top up the account, then retry.', false],
  blocked: ['refused', 'The model declined this prompt.', true],
  policy: ['refused', 'The provider refused this prompt.', true],
  bad_request: ['rejected', 'Change the prompt or the settings.', true],
  too_large: ['too large', 'Shorten the prompt.', true],
  text_only: ['text only', 'The model answered with text.', true],
  no_image: ['no image', 'The answer had no image.', false],
  max_tokens: ['cut off', 'Raise max_tokens.', true],
  timeout: ['timed out', 'The provider took too long.', false],
  upstream: ['provider error', 'The provider had trouble.', false],
  network: ['network error', 'The connection broke.', false],
  unknown_outcome: ['no response', 'It may have been billed.', false],
};

export function adviceOf(code: string) {
  const [title, advice, edits] = ADVICE[code] ?? [code.replaceAll('_', ' '), 'Open it for details.', false];
  return { title, advice, edits };
}
