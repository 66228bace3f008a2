/** What a stage's resources are called, wherever they are made: by CDK, by `--create`, or in the embedded stage. */
export interface StageNames {
  readonly table: string;
  readonly bucket: string;
  readonly workQueue: string;
  readonly workDeadQueue: string;
  readonly ingestQueue: string;
  readonly ingestDeadQueue: string;
}

/** The names of a stage's resources. Throws where the stage's own name could not be part of a bucket's name. */
export function stageNames(stage: string): StageNames {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(stage)) {
    throw new Error(
      `stage name ${JSON.stringify(stage)} cannot be used: take 1 to 40 of a-z, 0-9 and inner hyphens, such as "prod"`,
    );
  }
  const prefix = `pressrun-${stage}`;
  return {
    table: prefix,
    bucket: prefix,
    workQueue: `${prefix}-work`,
    workDeadQueue: `${prefix}-work-dead`,
    ingestQueue: `${prefix}-ingest`,
    ingestDeadQueue: `${prefix}-ingest-dead`,
  };
}
