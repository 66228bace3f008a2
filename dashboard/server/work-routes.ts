import { planRequest, promotionRequest, runRequest } from '../api/work.ts';
import type { Api } from './api.ts';
import { readBody } from './read-body.ts';
import type { Route } from './routes.ts';
import { jsonRoute } from './send.ts';

/** What makes images: a file, its plan, and a run of that plan. */
export function workRoutes({ plans, uploads }: Api): Route[] {
  return [
    jsonRoute('POST', '/api/v1/files', async ({ request, url }) => {
      return await uploads.add(url.searchParams.get('name') ?? 'prompts.csv', request);
    }),
    jsonRoute('POST', '/api/v1/plans', async ({ request }) => {
      const { file, options } = await readBody(request, planRequest);
      return await plans.make(uploads.get(file), options ?? {});
    }),
    jsonRoute('POST', '/api/v1/promotions', async ({ request }) => {
      return await plans.promote(await readBody(request, promotionRequest));
    }),
    jsonRoute('POST', '/api/v1/runs', async ({ request }) => {
      const { planId, budget } = await readBody(request, runRequest);
      return await plans.run(planId, budget);
    }),
  ];
}
