export * from './contract.ts';
export * from './inflate.ts';
export * from './local-destination.ts';
export * from './local-source.ts';
