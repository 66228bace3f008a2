import type { DashboardHost } from '../../dashboard/host.ts';
import type { Dashboard } from '../../dashboard/server/start-dashboard.ts';
import { errorCode } from '../../shared/domain/error-code.ts';
import { UsageError } from '../usage-error.ts';

/** Starts the server, building the page if needed. */
export async function serveDashboard(host: DashboardHost, port: number, apiOnly = false): Promise<Dashboard> {
  const { startDashboard } = await import('../../dashboard/server/start-dashboard.ts');
  const { pageFolder } = await import('../../dashboard/page-folder.ts');
  const { readPageFiles } = await import('../../dashboard/server/page-files.ts');
  const files = apiOnly ? undefined : await readPageFiles(await pageFolder());
  try {
    return await startDashboard(host, { port, files });
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') {
      throw new UsageError(`--port: ${port} is in use. Choose another one, or leave it out.`, {
        cause: error,
      });
    }
    throw error;
  }
}
