import type { Table } from '../../../shared/pipeline/ports.ts';
import { costPartitions } from '../../../shared/pipeline/rows/cost-row.ts';

/** Roll-ups of so many batches, as charges would have made them. */
export async function fillMonth(table: Table, month: string, batches: number): Promise<void> {
  const day = `${month}-15`;
  const partitions = costPartitions(month);
  const rows = Array.from({ length: batches }, (_, index) => {
    const batch = `a-batch-with-quite-a-long-name-${'x'.repeat(60)}-${index}`;
    const sums = { images: 1, attempts: 1, creditsMicro: 68_000_000 };
    const sk = `${day}#flash#${batch}#image`;
    return {
      pk: partitions[index % partitions.length] ?? '',
      sk,
      day,
      model: 'flash',
      batch,
      outcome: 'image',
      ...sums,
    };
  });
  for (let from = 0; from < rows.length; from += 100) {
    await table.write(rows.slice(from, from + 100).map((row) => ({ kind: 'put', row })));
  }
}
