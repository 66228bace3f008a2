/** Actions that the SDK's commands need, for those that pressrun's code has. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GetItem: ['dynamodb:GetItem'],
  Query: ['dynamodb:Query'],
  PutItem: ['dynamodb:PutItem'],
  UpdateItem: ['dynamodb:UpdateItem'],
  DeleteItem: ['dynamodb:DeleteItem'],
  TransactWriteItems: [
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  SendMessageBatch: ['sqs:SendMessage'],
  ChangeMessageVisibilityBatch: ['sqs:ChangeMessageVisibility'],
  GetQueueUrl: ['sqs:GetQueueUrl'],
  HeadObject: ['s3:GetObject', 's3:ListBucket'],
  GetObject: ['s3:GetObject', 's3:ListBucket'],
  PutObject: ['s3:PutObject'],
  AbortMultipartUpload: ['s3:AbortMultipartUpload'],
  PutEvents: ['events:PutEvents'],
  GetParameter: ['ssm:GetParameter'],
  GetSecretValue: ['secretsmanager:GetSecretValue'],
};

/** The actions for which a bundle has a command; a command carries its operation's name as a string. */
export function usableActions(code: string): Set<string> {
  return new Set(
    Object.entries(ACTIONS).flatMap(([operation, actions]) =>
      new RegExp(`[\`"']${operation}[\`"']`).test(code) ? actions : [],
    ),
  );
}
