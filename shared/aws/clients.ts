import type { S3Client } from '@aws-sdk/client-s3';
import type { ClientSettings } from './client-options.ts';
import { createLateClients, type LateClients } from './late-clients.ts';
import { createS3Client } from './s3-client.ts';

export interface AwsClients extends Omit<LateClients, 's3'> {
  readonly s3: S3Client;
}

/** For those who work on the bucket itself. */
export function createClients(settings: ClientSettings): AwsClients {
  const { dynamo, sqs, close } = createLateClients(settings);
  const s3 = createS3Client(settings);
  return {
    dynamo,
    sqs,
    s3,
    close: () => {
      close();
      s3.destroy();
    },
  };
}
