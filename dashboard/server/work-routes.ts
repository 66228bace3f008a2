import { planRequest, promotionRequest, runRequest } from '../api/work.ts';
import type { Api } from './api.ts';
import { readBody } from './read-body.ts';
import type { Route } from './routes.ts';
import { sendJson } from './send.ts';

/** What makes images: a file, its plan, and a run of that plan. */
export function workRoutes({ plans, uploads }: Api): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/files',
      answer: async ({ request, response, url }) => {
        const name = url.searchParams.get('name') ?? 'prompts.csv';
        await sendJson(request, response, await uploads.add(name, request));
      },
    },
    {
      method: 'POST',
      path: '/api/v1/plans',
      answer: async ({ request, response }) => {
        const { file, options } = await readBody(request, planRequest);
        await sendJson(request, response, await plans.make(uploads.get(file), options ?? {}));
      },
    },
    {
      method: 'POST',
      path: '/api/v1/promotions',
      answer: async ({ request, response }) => {
        await sendJson(request, response, await plans.promote(await readBody(request, promotionRequest)));
      },
    },
    {
      method: 'POST',
      path: '/api/v1/runs',
      answer: async ({ request, response }) => {
        const { planId, budget } = await readBody(request, runRequest);
        await sendJson(request, response, await plans.run(planId, budget));
      },
    },
  ];
}
