import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StageSettings } from '../settings.ts';

/** How long logs are kept, as CDK names it. */
export function logRetention({ logRetentionDays }: StageSettings): RetentionDays {
  switch (logRetentionDays) {
    case 7:
      return RetentionDays.ONE_WEEK;
    case 30:
      return RetentionDays.ONE_MONTH;
    case 90:
      return RetentionDays.THREE_MONTHS;
    case 365:
      return RetentionDays.ONE_YEAR;
  }
}
