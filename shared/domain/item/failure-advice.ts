import type { ItemFailureCode } from './item.ts';

interface FailureAdvice {
  readonly title: string;
  /** One imperative sentence. */
  readonly advice: string;
  /** `retry`: the same request may succeed. `edit`: only a change can. */
  readonly actions: readonly ('retry' | 'edit')[];
}

const RETRY = ['retry'] as const;
const EDIT = ['edit', 'retry'] as const;

/** Every failure code of an item, for users. */
export const FAILURE_ADVICE: Readonly<Record<ItemFailureCode, FailureAdvice>> = {
  auth: advice('Key rejected', 'Set a valid API key, then retry.'),
  credits: advice('Out of credits', 'Top up the account, then retry.'),
  forbidden: advice('Not allowed', 'Allow this key to use the model, then retry.'),
  model: advice('Model not found', 'Choose another model.', EDIT),
  address: advice('Wrong address', 'Fix the provider URL, then retry.'),
  unsupported_param: advice('Setting not supported', 'Change the settings.', EDIT),
  quota: advice('Quota reached', 'Retry after the quota resets.'),
  rate_limit: advice('Rate limited', 'Retry later.'),
  too_large: advice('Request too large', 'Shorten the prompt, or send fewer references.', EDIT),
  bad_request: advice('Request rejected', 'Change the prompt or the settings.', EDIT),
  policy: advice('Refused by policy', 'Change the prompt.', EDIT),
  timeout: advice('Timed out', 'Retry.'),
  upstream: advice('Provider error', 'Retry.'),
  network: advice('Network error', 'Check the connection, then retry.'),
  certificate: advice('Certificate error', 'Check the provider URL and the certificates, then retry.'),
  http: advice('Unexpected response', 'Check the provider URL, then retry.'),
  blocked: advice('Refused', 'The model declined this prompt: change it.', EDIT),
  no_image: advice('No image', 'Retry, or ask for an image more clearly.', EDIT),
  max_tokens: advice('Answer cut off', 'Raise max_tokens, or shorten the prompt.', EDIT),
  text_only: advice('Text instead of an image', 'Ask for an image more clearly.', EDIT),
  lost_image: advice('Image lost', 'Retry, or run replay on the saved response.'),
  empty: advice('Empty response', 'Retry.'),
  link_refused: advice('Link not allowed', 'Allow the host of the image link, then run replay.'),
  type_refused: advice('Image type not supported', 'Choose another model.', EDIT),
  bad_image: advice('Unreadable image', 'Retry, or run replay on the saved response.'),
  response_too_large: advice('Response too large', 'Ask for a smaller image.', EDIT),
  bad_json: advice('Unreadable response', 'Retry, or run replay on the saved response.'),
  unstored: advice('Not stored', 'Make room in the object store, then retry.'),
  crashed: advice('Worker died', 'Retry; if it happens again, change the prompt.', EDIT),
  bad_reference: advice('Bad reference image', 'Fix the reference, then submit the file again.', ['edit']),
  unknown_outcome: advice('No response received', 'It may have been billed. Retry if you accept that.'),
};

function advice(title: string, text: string, actions: FailureAdvice['actions'] = RETRY): FailureAdvice {
  return { title, advice: text, actions };
}
