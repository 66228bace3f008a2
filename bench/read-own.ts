// Reads so many images with pressrun's client, one after the other: `read-own BASE_URL IMAGES`.
import { modelCatalog } from '../shared/domain/calls/models.ts';
import { createProvider } from '../shared/provider/client.ts';

const MODEL = 'gemini-3.1-flash-image-preview';
const [, , baseUrl = '', images] = process.argv;
const provider = createProvider({
  baseUrl,
  apiKey: async () => 'cdt_bench',
  clock: Date,
  random: Math.random,
});
const profile = modelCatalog().get(MODEL);
if (profile === undefined) throw new Error(`no model ${MODEL}`);
for (let nth = 0; nth < Number(images); nth += 1) {
  const request = { profile, prompt: 'a fox', settings: { model: MODEL }, references: [], plain: false };
  const outcome = await provider.call(request);
  if (outcome.kind !== 'images') throw new Error(outcome.failure.message);
}
