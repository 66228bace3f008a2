import type { LiveFinding } from './live-findings.ts';

/** Leaves out what is unknown. */
export function liveText(finding: LiveFinding, folder: string): string {
  const { model, provider, outcome, seconds, tokens, credits } = finding;
  const rows: [name: string, value: string | undefined][] = [
    [
      'outcome',
      `${outcome === 'image' ? 'an image' : outcome}, ${seconds} s, HTTP ${finding.statuses.join(', ') || 'none'}`,
    ],
    ['image at', finding.imageAt.join(', ') || undefined],
    ['pixels', finding.pixels],
    ['usage', finding.usage === undefined ? 'not sent' : JSON.stringify(finding.usage)],
    [
      'tokens',
      tokens &&
        `${tokens.inputTokens} input, ${tokens.textTokens} text, ${tokens.imageTokens} image (${tokens.basis}${tokens.flags.map((flag) => `, ${flag}`).join('')})`,
    ],
    ['charged', credits && `${credits} credits`],
    ['prices', pricesText(finding)],
    ['stated', finding.statedUsd === undefined ? undefined : `$${finding.statedUsd} by the provider`],
    [
      'limits',
      Object.entries(finding.limits)
        .map(([name, value]) => `${name}: ${value}`)
        .join(', ') || 'no header tells any',
    ],
    ['kept in', folder],
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(9)} ${value}`],
  );
  const proposals = finding.proposals.map((line) => `  propose   ${line}`);
  return [`${model} at ${provider}`, ...lines, ...proposals].join('\n');
}

function pricesText({ prices }: LiveFinding): string | undefined {
  const texts = Object.entries(prices).map(([name, credits]) => `${name}: ${credits}`);
  return texts.length < 2 ? undefined : texts.join(', ');
}
