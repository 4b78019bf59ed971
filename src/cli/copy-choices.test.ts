import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { type CopyChoices, copyChoicesOf } from './copy-choices.ts';
import { addCopyOptions } from './copy-options.ts';

function choices(...args: string[]): CopyChoices {
  const command = addCopyOptions(new Command('copy'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.action(() => undefined).parse(args, { from: 'user' });
  return copyChoicesOf(command.opts());
}

describe('copyChoicesOf()', () => {
  it('asks for everything, and leaves nothing open, without options', () => {
    expect(choices()).toEqual({
      datasets: [],
      runListFile: undefined,
      query: undefined,
      hduTypes: [],
      keep: false,
      remove: undefined,
      dryRun: false,
      checksum: false,
      fitsChecksum: false,
      jobs: undefined,
      bytesPerSecond: undefined,
    });
  });

  it('takes every option', () => {
    const args =
      '--dataset a --dataset b --dataset a --runlist r.lis --only EVENTS,gti --only psf ' +
      '--dry-run --checksum --fits-checksum --jobs 3 --bwlimit 10M';
    expect(choices(...args.split(' '))).toEqual({
      datasets: ['a', 'b'],
      runListFile: 'r.lis',
      query: undefined,
      hduTypes: ['events', 'gti', 'psf'],
      keep: false,
      remove: undefined,
      dryRun: true,
      checksum: true,
      fitsChecksum: true,
      jobs: 3,
      bytesPerSecond: 10_000_000,
    });
    expect(choices('--delete', '--max-delete', '7').remove).toEqual({ maxFiles: 7 });
    expect(choices('--delete').remove).toEqual({ maxFiles: undefined });
    expect(choices('--keep').keep).toBe(true);
  });

  it('searches as iact find does', () => {
    const { query } = choices('--near', '83.6,22', '--radius', '3', '--quality', '1', '--where', 'ZEN_PNT < 40');
    expect(query).toMatchObject({ near: { radiusDeg: 3 }, maxQuality: 1, where: 'ZEN_PNT < 40' });
    expect(choices('--object', 'Crab').query?.near).toEqual({ centre: { object: 'Crab' }, radiusDeg: 2.5 });
    expect(choices('--time', '2004-12-04..').query?.time).toBeDefined();
  });

  it.each([
    ['500', 500],
    ['500k', 500_000],
    ['1.5M', 1_500_000],
    ['10MB/s', 10_000_000],
    ['2Gb', 2_000_000_000],
    ['64KiB', 65_536],
    ['1Mi', 1_048_576],
    ['0', undefined],
  ])('reads the rate %s', (text, rate) => {
    expect(choices('--bwlimit', text).bytesPerSecond).toBe(rate);
  });

  it.each([
    [['--bwlimit', 'fast'], 'A rate in bytes per second is needed'],
    [['--bwlimit', '-1'], 'A rate in bytes per second is needed'],
    [['--bwlimit', '10i'], 'A rate in bytes per second is needed'],
    [['--bwlimit', '0.2'], 'less than a byte'],
    [['--jobs', '0'], 'A whole number from 1 on is needed.'],
    [['--only', 'events,'], 'Names with commas between them'],
    [['--dataset', ' '], 'It is empty.'],
    [['--max-delete', '3'], '--max-delete needs --delete'],
    [['--keep', '--delete'], 'cannot be used with option'],
    [['--only', 'gti', '--delete'], "'--only <types>' cannot be used with option '--delete'"],
    [['--radius', '2'], '--radius needs --near or --object'],
  ])('refuses %j', (args, message) => {
    expect(() => choices(...args)).toThrow(message);
  });
});
