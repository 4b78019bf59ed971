import { Command } from 'commander';
import { addAccessOptions } from './access-options.ts';
import { positiveNumber } from './option-values.ts';
import type { VerifyOptions } from './run-verify.ts';
import type { SessionHost } from './session.ts';

/** `iact verify STORE` */
export function verifyCommand(host: SessionHost): Command {
  const command = new Command('verify')
    .description('Read every file of a store again, and compare it with what was noted when it arrived.')
    .argument('<store>', 'directory or URL of the store, its master.json, or an archive')
    .option('--against <store>', 'compare with the files of this store, byte by byte')
    .option('--fits-checksum', 'also compare CHECKSUM and DATASUM of each HDU')
    .option('--jobs <n>', 'files at once (default: what suits the store)', positiveNumber);
  return addAccessOptions(command).action(async (place: string, options: VerifyOptions, self: Command) => {
    const session = host.open(self);
    const { verify } = await import('./run-verify.ts');
    await verify(place, options, session);
  });
}
