/** Where a store keeps what is ours: the manifest, and while a copy is unfinished its journal and its lock. */
export const STATE_DIRECTORY = '.iact';
