import * as z from 'zod/mini';
import * as batch from '../api/batch.ts';
import * as stage from '../api/stage.ts';
import * as work from '../api/work.ts';

/** What each route takes and answers, as JSON Schema. */
const ROUTES = {
  'GET /api/v1/stage': { answer: stage.stage },
  'GET /api/v1/batches?before=&limit=': { answer: batch.batchList },
  'GET /api/v1/batches/:batch': { answer: batch.batchSummary },
  'GET /api/v1/batches/:batch/index': { answer: batch.batchIndex },
  'GET /api/v1/batches/:batch/rejected': { answer: batch.rejectedLines },
  'GET /api/v1/batches/:batch/prompts?places=': { answer: batch.prompts },
  'GET /api/v1/batches/:batch/search?q=': { answer: batch.found },
  'GET /api/v1/batches/:batch/items/:row/:variant': { answer: batch.itemDetail },
  'GET /api/v1/batches/:batch/marks': { answer: batch.marks },
  'PUT /api/v1/batches/:batch/marks': { request: batch.markChanges },
  'POST /api/v1/batches/:batch/{pause,resume,cancel,retry,replay}': {
    request: work.control,
    answer: work.controlResult,
  },
  'POST /api/v1/files?name=': { answer: work.fileResult },
  'POST /api/v1/plans': { request: work.planRequest, answer: work.plan },
  'POST /api/v1/promotions': { request: work.promotionRequest, answer: work.plan },
  'POST /api/v1/runs': { request: work.runRequest, answer: work.runResult },
  'POST /api/v1/reconciliations': { request: stage.reconciliationRequest, answer: stage.reconciliation },
  'GET /api/v1/providers?last=': { answer: stage.providers },
  'GET /api/v1/schedules': { answer: stage.schedules },
  error: { answer: stage.failure },
} as const;

/** The API's description: a JSON Schema for each route's request and answer. */
export function apiSchema() {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'pressrun dashboard API, version 1',
    routes: Object.fromEntries(
      Object.entries(ROUTES).map(([route, shapes]) => [
        route,
        Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, z.toJSONSchema(shape)])),
      ]),
    ),
  };
}
