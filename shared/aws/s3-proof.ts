import type { S3Client } from '@aws-sdk/client-s3';

/** What S3 says in each answer of these, and a page that a proxy puts in its place with status 200 does not. */
const PROOFS: Readonly<Record<string, string>> = {
  HeadObjectCommand: 'ETag',
  GetObjectCommand: 'ETag',
  PutObjectCommand: 'ETag',
  CompleteMultipartUploadCommand: 'ETag',
  ListObjectsV2Command: 'Name',
};

/** Takes nothing for an answer of S3 that has not its mark: an image that only a proxy has seen is not stored. */
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
