import { type LinkOptions, startLink } from './link.ts';

/** What the process of a link is asked, by message. */
export interface LinkOrder {
  readonly call: 'start' | 'cut' | 'refuse' | 'stall';
  readonly options?: LinkOptions;
  readonly on?: boolean;
}

/** What it tells, now and then. */
export interface LinkState {
  readonly port: number;
  readonly connections: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

const REPORT_MS = 20;

process.once('message', async (order: LinkOrder) => {
  if (order.options === undefined) throw new Error('A link must be told where it leads to.');
  const link = await startLink(order.options);
  let told = '';
  const tell = (): void => {
    const { port, connections, bytesUp, bytesDown } = link;
    const state: LinkState = { port, connections, bytesUp, bytesDown };
    const text = JSON.stringify(state);
    // Who asked may be gone by now, which ends this process.
    if (text !== told) process.send?.(state, undefined, undefined, () => undefined);
    told = text;
  };
  tell();
  setInterval(tell, REPORT_MS);
  process.on('message', ({ call, on = false }: LinkOrder) => {
    if (call === 'cut') link.cut();
    if (call === 'refuse') link.refuse(on);
    if (call === 'stall') link.stall(on);
  });
});
process.on('disconnect', () => process.exit());
