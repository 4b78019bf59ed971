import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempDirectory } from '../../../test/support/temp.ts';
import type { AwsCredentials } from './aws-credentials.ts';
import { parseIni, readAwsProfiles } from './aws-profile.ts';
import { CredentialKeeper, findCredentials } from './credential-chain.ts';

type Environment = Record<string, string>;

/** Finds credentials with these files in `~/.aws`, and without any other machine. */
async function find(
  env: Environment,
  files: Record<string, string> = {},
  asksMachine = false,
): Promise<AwsCredentials | undefined> {
  const home = await tempDirectory();
  await mkdir(join(home, '.aws'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(home, '.aws', name), content);
  const all = { HOME: home, PATH: process.env['PATH'] ?? '', ...env };
  return findCredentials({ env: all, profiles: await readAwsProfiles(all), region: 'eu-west-1', asksMachine });
}

type Answer = (request: IncomingMessage, body: string) => string | undefined;

/** A service that gives credentials; 404 for what has no answer. */
async function service(answer: Answer): Promise<string> {
  const server = createServer(async (request, response) => {
    const found = answer(request, await text(request));
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const KEYS = { AccessKeyId: 'ID', SecretAccessKey: 'secret', Expiration: '2030-01-01T00:00:00Z' };
const EXPIRES = { expiresAtMs: Date.UTC(2030, 0, 1) };
const XML = `<R xmlns="x"><Result><Credentials><AccessKeyId>ID</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${KEYS.Expiration}</Expiration></Credentials></Result></R>`;

describe('findCredentials()', () => {
  it('takes those of the environment before all others', async () => {
    const credentials = '[default]\naws_access_key_id = F\naws_secret_access_key = f\n';
    const env = { AWS_ACCESS_KEY_ID: 'E', AWS_SECRET_ACCESS_KEY: 'e', AWS_SESSION_TOKEN: 't' };
    expect(await find(env, { credentials })).toMatchObject({ accessKeyId: 'E', sessionToken: 't' });
    expect(await find({}, { credentials })).toMatchObject({ accessKeyId: 'F', source: 'the profile "default"' });
    expect(await find({})).toBeUndefined();
    await expect(find({ AWS_ACCESS_KEY_ID: 'E' })).rejects.toThrow('AWS_SECRET_ACCESS_KEY is not');
  });

  it('takes the profile that is asked for, of either file', async () => {
    const credentials = '[a]\naws_access_key_id = A\naws_secret_access_key = a\n';
    const config = '[profile b]\naws_access_key_id=B\naws_secret_access_key=b # why\n[default]\nregion=x\n';
    const files = { credentials, config };
    expect(await find({ AWS_PROFILE: 'a' }, files)).toMatchObject({ accessKeyId: 'A' });
    expect(await find({ AWS_PROFILE: 'b' }, files)).toMatchObject({ accessKeyId: 'B', secretAccessKey: 'b' });
    expect(await find({}, files)).toBeUndefined();
    await expect(find({ AWS_PROFILE: 'c' }, files)).rejects.toThrow(/The profile "c" that AWS_PROFILE names/);
  });

  it('runs the program of a profile', async () => {
    const program = join(await tempDirectory(), 'program');
    await writeFile(program, `#!/bin/sh\necho '${JSON.stringify({ ...KEYS, Version: 1, SessionToken: 'token' })}'\n`);
    await chmod(program, 0o755);
    const found = await find({}, { config: `[default]\ncredential_process = "${program}" --with 'arguments'\n` });
    expect(found).toMatchObject({ accessKeyId: 'ID', sessionToken: 'token', ...EXPIRES });
    const fails = (command: string) => find({}, { config: `[default]\ncredential_process = ${command}\n` });
    await expect(fails('echo secret; echo not now >&2; false')).rejects.toThrow(/failed: not now\.$/);
    await expect(fails('echo secret')).rejects.toThrow(/credential_process of the profile "default" prints no JSON\.$/);
    await expect(fails(`echo '{"Version":2}'`)).rejects.toThrow('prints no "Version": 1');
    await expect(fails(`echo '{"Version":1}'`)).rejects.toThrow('gives no AccessKeyId');
  });

  it('shows a web identity to the token service', async () => {
    const tokenFile = join(await tempDirectory(), 'token');
    await writeFile(tokenFile, 'jwt\n');
    const asked: string[] = [];
    const sts = await service((_, body) => {
      asked.push(body);
      return XML;
    });
    const env = {
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/r',
      AWS_ENDPOINT_URL_STS: sts,
    };
    expect(await find(env)).toMatchObject({ accessKeyId: 'ID', sessionToken: 'token', ...EXPIRES });
    expect(Object.fromEntries(new URLSearchParams(asked[0]))).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: 'arn:aws:iam::1:role/r',
      WebIdentityToken: 'jwt',
    });
    const config = `[default]\nrole_arn = r\nweb_identity_token_file = ${tokenFile}\n`;
    expect(await find({ AWS_ENDPOINT_URL_STS: sts }, { config })).toMatchObject({ accessKeyId: 'ID' });
    await expect(find({ ...env, AWS_WEB_IDENTITY_TOKEN_FILE: `${tokenFile}-absent` })).rejects.toThrow(
      'does not exist',
    );
  });

  it('asks for the role of a profile with the keys of another, or its own', async () => {
    const asked: [string, string | undefined][] = [];
    const sts = await service(({ headers }, body) => {
      asked.push([body, headers.authorization]);
      return XML;
    });
    const keys = 'aws_access_key_id = K\naws_secret_access_key = k\n';
    const config = `[default]\nrole_arn = r\nsource_profile = b\nexternal_id = e\n[profile b]\n${keys}[profile self]\nrole_arn = s\nsource_profile = self\n${keys}[profile loop]\nrole_arn = l\nsource_profile = loop\n`;
    expect(await find({ AWS_ENDPOINT_URL_STS: sts }, { config })).toMatchObject({ sessionToken: 'token' });
    expect(asked[0]?.[0]).toContain('ExternalId=e');
    expect(asked[0]?.[1]).toMatch(/^AWS4-HMAC-SHA256 Credential=K\/\d{8}\/eu-west-1\/sts\//);
    expect(await find({ AWS_ENDPOINT_URL_STS: sts, AWS_PROFILE: 'self' }, { config })).toMatchObject(EXPIRES);
    await expect(find({ AWS_PROFILE: 'loop' }, { config })).rejects.toThrow('takes its credentials from itself');
    const refuses = await service(() => undefined);
    await expect(find({ AWS_ENDPOINT_URL_STS: refuses }, { config })).rejects.toThrow('refuses: status 404');
  });

  it('asks the service of a container, and sends its token nowhere else', async () => {
    const url = await service(({ headers }) =>
      headers.authorization === 'let me' ? JSON.stringify({ ...KEYS, Token: 'token' }) : undefined,
    );
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/creds`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let me' };
    expect(await find(env)).toMatchObject({ accessKeyId: 'ID', sessionToken: 'token', ...EXPIRES });
    const tokenFile = join(await tempDirectory(), 'token');
    await writeFile(tokenFile, 'let me\n');
    expect(await find({ ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile })).toMatchObject(EXPIRES);
    await expect(find({ ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'no' })).rejects.toThrow('status 404');
    const elsewhere = { ...env, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.org/creds' };
    await expect(find(elsewhere)).rejects.toMatchObject({ code: 'usage' });
  });

  it('asks the machine for its role, with a token, and only where it may', async () => {
    const base = await service(({ method, url, headers }) => {
      if (method === 'PUT') return headers['x-aws-ec2-metadata-token-ttl-seconds'] ? 'machine token' : undefined;
      if (headers['x-aws-ec2-metadata-token'] !== 'machine token') return undefined;
      if (url === '/latest/meta-data/iam/security-credentials/') return 'my role\n';
      return url?.endsWith('/my%20role') ? JSON.stringify({ ...KEYS, Token: 'token' }) : undefined;
    });
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: base };
    const source = 'the role "my role" of this EC2 machine';
    expect(await find(env, {}, true)).toMatchObject({ sessionToken: 'token', source, ...EXPIRES });
    expect(await find(env, {}, false)).toBeUndefined();
    expect(await find({ ...env, AWS_EC2_METADATA_DISABLED: 'true' }, {}, true)).toBeUndefined();
    expect(await find({ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }, {}, true)).toBeUndefined();
    const config = '[default]\nrole_arn = r\ncredential_source = Ec2InstanceMetadata\n';
    const sts = await service(() => XML);
    expect(await find({ ...env, AWS_ENDPOINT_URL_STS: sts }, { config })).toMatchObject({ accessKeyId: 'ID' });
  });

  it('tells what to do where it cannot log in itself', async () => {
    const config = '[profile s]\nsso_session = x\n[profile m]\nrole_arn = r\nsource_profile = s\nmfa_serial = y\n';
    await expect(find({ AWS_PROFILE: 's' }, { config })).rejects.toThrow(
      'aws configure export-credentials --profile s',
    );
    await expect(find({ AWS_PROFILE: 'm' }, { config })).rejects.toThrow('asks for a code (mfa_serial)');
  });
});

describe('CredentialKeeper', () => {
  const credentials = (accessKeyId: string, expiresAtMs?: number): AwsCredentials => ({
    accessKeyId,
    secretAccessKey: 's',
    sessionToken: undefined,
    expiresAtMs,
    source: 'test',
  });

  it('renews what is about to expire, once for all who ask', async () => {
    let count = 0;
    const keeper = new CredentialKeeper(async () => {
      count++;
      return credentials(`K${count}`, Date.now() + (count === 1 ? 60_000 : 3_600_000));
    });
    const found = await Promise.all([1, 2, 3, 4].map(() => keeper.current()));
    expect(found.map((each) => each?.accessKeyId)).toEqual(['K2', 'K2', 'K2', 'K2']);
    const second = found[0];
    await Promise.all([keeper.replace(second), keeper.replace(second)]);
    expect((await keeper.current())?.accessKeyId).toBe('K3');
  });

  it('goes on with what it has while nobody gives others', async () => {
    let count = 0;
    const keeper = new CredentialKeeper(async () => {
      count++;
      return count === 2 ? undefined : credentials(`K${count}`, Date.now() + (count === 1 ? 60_000 : 3_600_000));
    });
    expect((await keeper.current())?.accessKeyId).toBe('K1');
    expect((await keeper.current())?.accessKeyId).toBe('K3');
  });

  it('tries again after a failure', async () => {
    let count = 0;
    const keeper = new CredentialKeeper(async () => {
      if (count++ === 0) throw new Error('not now');
      return credentials('K');
    });
    await expect(keeper.current()).rejects.toThrow('not now');
    expect((await keeper.current())?.accessKeyId).toBe('K');
  });
});

it('parseIni() reads sections, settings, comments and what is indented below a name', () => {
  const file =
    '\ufeff; c\n# c\nstray = 1\n[ a ]\nX = 1 ; c\ny=a#b=c\r\n\n[services s]\ns3 =\n  endpoint_url = u\n  z = 2\nother = 3\n[a]\nlast = 4\nnonsense\n';
  expect(Object.fromEntries(parseIni(file))).toEqual({
    a: { x: '1', y: 'a#b=c', last: '4' },
    'services s': { s3: '', 's3.endpoint_url': 'u', 's3.z': '2', other: '3' },
  });
});
