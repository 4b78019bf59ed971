import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

const never = new AbortController().signal;

/** All lines of a stream that brings these pieces. */
async function linesOf(pieces: readonly (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const reader = new LineReader(stream);
  for (const piece of pieces) stream.write(piece);
  stream.end();
  const lines: string[] = [];
  for (let line = await reader.next(never); line !== undefined; line = await reader.next(never)) lines.push(line);
  return lines;
}

describe('LineReader', () => {
  it.each<[string, (string | Buffer)[], string[]]>([
    ['several lines of one piece', ['a\nb\n\nc\n'], ['a', 'b', '', 'c']],
    ['a line of several pieces', ['a', 'b', 'c\n'], ['abc']],
    ['a last line without end', ['a\nb'], ['a', 'b']],
    ['DOS line ends', ['a\r\nb\r\n'], ['a', 'b']],
    ['a character cut in two', [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], ['é']],
    ['nothing', [], []],
  ])('LineReader reads %s', async (_what, pieces, lines) => {
    expect(await linesOf(pieces)).toEqual(lines);
  });

  it('LineReader leaves the stream paused and without listeners between lines', async () => {
    const stream = new PassThrough();
    const reader = new LineReader(stream);
    stream.write('a\nb\n');
    expect(await reader.next(never)).toBe('a');
    expect(stream.isPaused()).toBe(true);
    expect(stream.listenerCount('data')).toBe(0);
    expect(await reader.next(never)).toBe('b');
  });

  it('LineReader finds the end of a stream that ended before', async () => {
    const stream = new PassThrough();
    stream.end();
    stream.resume();
    await new Promise((resolve) => stream.on('end', resolve));
    expect(await new LineReader(stream).next(never)).toBeUndefined();
  });

  it('LineReader throws the reason of an aborted signal, before and while it waits', async () => {
    const controller = new AbortController();
    const reader = new LineReader(new PassThrough());
    const waiting = reader.next(controller.signal);
    controller.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    await expect(reader.next(controller.signal)).rejects.toThrow('stop');
  });

  it('LineReader throws `unreadable` when the stream fails', async () => {
    const stream = new PassThrough();
    const waiting = new LineReader(stream).next(never);
    stream.destroy(new Error('broken'));
    await expect(waiting).rejects.toMatchObject({ code: 'unreadable', message: expect.stringContaining('(broken)') });
  });

  it('LineReader throws `unreadable` for a line without end', async () => {
    const stream = new PassThrough({ highWaterMark: 1 << 20 });
    stream.write('x'.repeat(100_000));
    await expect(new LineReader(stream).next(never)).rejects.toMatchObject({ code: 'unreadable' });
  });
});
