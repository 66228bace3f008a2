import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findModel } from '../../../shared/domain/calls/models.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { ProviderOverrides } from '../../../shared/runtime/configured-provider.ts';
import type { CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { requireKey } from '../../flags/require-key.ts';
import { stageFolder } from '../../stage/stages.ts';
import { isEmbedded } from '../../stage-names.ts';
import { askYesNo } from '../../text/yes-no.ts';
import { UsageError } from '../../usage-error.ts';
import type { LiveCall } from './live-call.ts';
import { liveCall } from './live-call.ts';
import { type LiveFinding, liveFinding } from './live-findings.ts';
import { liveText } from './live-text.ts';

export interface LiveFlags {
  readonly model?: readonly string[];
  readonly yes?: boolean;
}

/** `pressrun doctor --live`: one paid call a model, after asking, kept as files. */
export async function doctorLive(
  context: CommandContext,
  config: Config,
  { model, yes }: LiveFlags,
  overrides: ProviderOverrides = {},
): Promise<ExitCode> {
  const models = (model ?? [config.defaultModel]).map((name) => knownModel(config, name));
  if (!isEmbedded(config.stage)) {
    throw new UsageError('doctor --live calls from this machine: leave --stage out');
  }
  for (const each of models) requireKey(config, overrides.apiKey !== undefined, each);
  const answer = yes ? 'yes' : await mayPay(context, models);
  if (answer !== 'yes') {
    context.out.say('Nothing was sent.');
    return answer === 'interrupted' ? EXIT.interrupted : EXIT.paused;
  }
  const findings: LiveFinding[] = [];
  const texts: string[] = [];
  for (const each of models) {
    const call = await liveCall({ config, model: each, overrides, interrupted: context.interrupted });
    const folder = await keep(call, join(stageFolder(config), 'doctor'));
    const finding = liveFinding(call, config);
    findings.push(finding);
    texts.push(liveText(finding, folder));
  }
  context.out.result(texts.join('\n\n'), { findings });
  return findings.every(({ outcome }) => outcome === 'image') ? EXIT.ok : EXIT.incomplete;
}

function knownModel({ models }: Config, name: string): string {
  const profile = findModel(models, name);
  if (profile !== undefined) return profile.model;
  throw new UsageError(`--model: unknown model "${name}"; use ${[...models.keys()].join(', ')}`);
}

async function mayPay({ out, interrupted }: CommandContext, models: readonly string[]) {
  if (out.json || !process.stdin.isTTY) {
    throw new UsageError('doctor --live makes paid calls: add --yes');
  }
  const question = `Make one paid image with ${models.join(' and ')}? [y/N] `;
  return await askYesNo(question, { input: process.stdin, output: process.stderr }, interrupted);
}

/** Request and response as a fixture for an issue, without the key. */
async function keep({ model, answers }: LiveCall, parent: string): Promise<string> {
  const folder = join(parent, model.replaceAll(/[^\w.-]/g, '-'));
  await mkdir(folder, { recursive: true });
  for (const [index, { request, status, headers, body }] of answers.entries()) {
    const name = (what: string) => join(folder, `${index + 1}-${what}`);
    await writeFile(name('request.json'), `${JSON.stringify(request, null, 2)}\n`);
    await writeFile(name('answer.json'), `${JSON.stringify({ status, headers, body }, null, 2)}\n`);
  }
  return folder;
}
