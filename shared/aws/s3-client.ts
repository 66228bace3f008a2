import { S3Client } from '@aws-sdk/client-s3';
import { type ClientSettings, clientOptions, endpoint, isCustom } from './client-options.ts';
import { requiringProof } from './s3-proof.ts';
import { namingFailures } from './service-client.ts';
import { LONG_REQUEST_TIMEOUT_MS } from './timeouts.ts';

export function createS3Client(settings: ClientSettings): S3Client {
  const client = new S3Client({
    // Parts of a large file take as long as the connection does.
    ...clientOptions(settings, settings.requestTimeoutMs ?? LONG_REQUEST_TIMEOUT_MS),
    ...endpoint(settings.endpoints?.s3),
    ...(isCustom(settings)
      ? {
          forcePathStyle: true,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }
      : {}),
  });
  return namingFailures(requiringProof(client));
}
