import type { S3Client } from '@aws-sdk/client-s3';

/** Marks of S3's own responses, which a proxy's page with status 200 lacks. */
const PROOFS: Readonly<Record<string, string>> = {
  HeadObjectCommand: 'ETag',
  GetObjectCommand: 'ETag',
  PutObjectCommand: 'ETag',
  CompleteMultipartUploadCommand: 'ETag',
  ListObjectsV2Command: 'Name',
};

/** Refuses responses without S3's mark: an image that only a proxy has seen is not stored. */
export function requiringProof(client: S3Client): S3Client {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        const proof = PROOFS[commandName];
        if (proof === undefined || proof in result.output) return result;
        const { $metadata } = result.output;
        throw Object.assign(new SyntaxError(`the answer has no ${proof}`), { $metadata });
      },
    { name: 'requireProof', step: 'initialize' },
  );
  return client;
}
