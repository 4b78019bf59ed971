import { IactError } from '../../core/index.ts';
import type { StageOptions } from '../contract.ts';
import { plainTag } from './content-check.ts';
import { abortUpload, type KeptPart, MultipartUpload, type UploadRoom, type UploadTarget } from './multipart-upload.ts';
import { listParts } from './part-listing.ts';
import { persistently } from './persistently.ts';
import type { NotedUpload } from './upload-notes.ts';

/**
 * The upload that an interrupted push of the same file has left, to go on with; `undefined` where there is none, or S3
 * does not tell what it has of it. All others of ours to the same key are aborted.
 */
export async function takeUpUpload(
  target: UploadTarget,
  { resume = false, sizeBytes, mtimeMs }: StageOptions,
  room: UploadRoom,
): Promise<MultipartUpload | undefined> {
  const left = (await room.notes.uploads()).filter(({ key }) => key === target.key);
  const isSame = (upload: NotedUpload): boolean => upload.sizeBytes === sizeBytes && upload.mtimeMs === mtimeMs;
  const latest = resume && sizeBytes !== undefined ? left.findLast(isSame) : undefined;
  const kept = latest === undefined ? new Map<number, KeptPart>() : await keptParts(target, latest, room);
  const goesOn = kept.size > 0 ? latest : undefined;
  for (const other of left) if (other !== goesOn) await abortLeft(target, other, room);
  return goesOn && MultipartUpload.goOn(target, goesOn.id, kept, room);
}

/** Aborts an upload of ours that nobody will go on with. One that S3 does not let us abort stays noted. */
export async function abortLeft(target: UploadTarget, { id }: NotedUpload, room: UploadRoom): Promise<void> {
  try {
    await persistently(() => abortUpload(target, id), room.policy);
  } catch (error) {
    // Who may write need not be allowed to abort, and the files can be brought all the same.
    if (!(error instanceof IactError) || error.code !== 'unwritable') throw error;
    return;
  }
  await room.notes.ended(id);
}

async function keptParts(
  target: UploadTarget,
  { id, parts }: NotedUpload,
  { policy }: UploadRoom,
): Promise<Map<number, KeptPart>> {
  const kept = new Map<number, KeptPart>();
  try {
    for (const [number, { tag, sizeBytes }] of await listParts(target, id, policy)) {
      const noted = parts.get(number);
      const md5 = noted?.tag === tag ? noted.md5 : plainTag(tag);
      kept.set(number, { tag, sizeBytes, md5 });
    }
  } catch (error) {
    // Whoever may write need not be allowed to list parts, and some services have no such list: then it begins anew.
    if (!(error instanceof IactError) || policy.signal?.aborted) throw error;
  }
  return kept;
}
