/** How observations can be printed. */
export const FIND_FORMATS = ['table', 'json', 'jsonl', 'csv', 'ids'] as const;
export type FindFormat = (typeof FIND_FORMATS)[number];
