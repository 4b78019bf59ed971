import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runIact } from '../../src/cli/testing/run-iact.ts';
import { scriptedServer } from '../../src/storage/http/testing/scripted-server.ts';
import { places } from '../support/copy.ts';

const env = { NETRC: '/nonexistent' };

describe('a web server that takes its time', () => {
  it('is told of once for each attempt, whatever is asked ahead', async () => {
    const { to } = await places();
    const server = await scriptedServer((_request, response) => response.writeHead(503).end());
    const { status, stderr } = await runIact(['copy', server.url, to, '--retries', '1'], { env });
    expect(status).not.toBe(0);
    expect(stderr.match(/Trying again/g)).toHaveLength(1);
    expect(stderr).toContain('master.json');
  });

  it('is connected to for the data while the master index is on its way', async () => {
    const { to } = await places();
    const server = await scriptedServer(async (_request, response) => {
      while (server.connections < 36) await sleep(5);
      response.writeHead(404).end();
    });
    const { stderr } = await runIact(['copy', server.url, to], { env });
    expect(stderr).toContain('is no store');
  });
});
