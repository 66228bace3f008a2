import { spawn, spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

interface MotoServer {
  readonly url: string;
  stop(): void;
}

/** Starts moto on a free port; undefined where it is not installed. */
export async function startMoto(): Promise<MotoServer | undefined> {
  if (spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status !== 0) return undefined;
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  while (!(await isUp(url))) {
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}`);
    await setTimeout(200);
  }
  return { url, stop: () => void child.kill('SIGTERM') };
}

/** Has moto's CloudFormation make a stack; gives the physical names of its resources by their ids in the template. */
export async function createStack(url: string, template: object): Promise<ReadonlyMap<string, string>> {
  await cloudFormation(url, {
    Action: 'CreateStack',
    StackName: 'stage',
    TemplateBody: JSON.stringify(template),
    'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
  });
  const answer = await cloudFormation(url, { Action: 'DescribeStackResources', StackName: 'stage' });
  const members = answer.split('<member>').slice(1);
  const textOf = (member: string, tag: string) =>
    new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(member)?.[1] ?? '';
  return new Map(
    members.map((member) => [textOf(member, 'LogicalResourceId'), textOf(member, 'PhysicalResourceId')]),
  );
}

async function cloudFormation(url: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      // moto reads the service from it, and checks no signature.
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: new URLSearchParams({ Version: '2010-05-15', ...parameters }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${parameters.Action}: ${text.replaceAll(/\s+/g, ' ').slice(0, 2_000)}`);
  return text;
}

async function isUp(url: string): Promise<boolean> {
  return await fetch(`${url}/moto-api/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
