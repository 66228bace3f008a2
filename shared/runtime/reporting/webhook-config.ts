import type { DefaultsEntry } from '../../domain/configuration/configuration-file.ts';
import { ConfigError } from '../config-error.ts';
import type { WebhookTarget } from './webhook.ts';

/** A webhook without its secret. */
export interface WebhookConfig {
  /** Undefined without a webhook. */
  readonly webhook: (Omit<WebhookTarget, 'secret'> & { readonly secret: string | undefined }) | undefined;
  /** A deployed stage's secret: `ssm:` and a parameter, or Secrets Manager's. */
  readonly webhookSecret: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function webhookConfigOf(
  env: Environment,
  { webhook: url, allowPrivateWebhook: allowPrivate = false }: DefaultsEntry,
): WebhookConfig {
  const secret = env.PRESSRUN_WEBHOOK_SECRET?.trim() || undefined;
  const webhook = url === undefined ? undefined : { url, allowPrivate, secret };
  return { webhook, webhookSecret: env.PRESSRUN_WEBHOOK_PLACE || undefined };
}

/** Throws `ConfigError` without a secret: receivers must be able to verify messages. */
export function webhookTargetOf({ webhook }: Pick<WebhookConfig, 'webhook'>): WebhookTarget | undefined {
  if (webhook === undefined) return undefined;
  const { secret, ...target } = webhook;
  if (secret === undefined) {
    throw new ConfigError(
      'the webhook has no secret: set PRESSRUN_WEBHOOK_SECRET, such as to whsec_$(openssl rand -base64 32), or take "webhook" out of pressrun.config.json',
    );
  }
  return { ...target, secret };
}
