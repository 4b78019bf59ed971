export { nodeIo } from './io.ts';
export { main } from './main.ts';
