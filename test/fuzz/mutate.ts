/** Numbers from 0 (included) to 1, the same for the same seed (xorshift32). */
export function seededRandom(seed: number): () => number {
  let state = (seed | 0) ^ 0x9e3779b9 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Numbers that break what trusts them. */
const ABSURD_NUMBERS = [
  ...['0', '-1', '1', '255', '256', '999', '1000', '32768', '65535', '65536', '2147483647', '2147483648', '4294967295'],
  ...['4294967296', '9007199254740991', '9007199254740993', '9223372036854775807', '-9223372036854775808'],
  ...['99999999999999999999', '1e308', '1E400', '-0', 'NaN', 'Infinity', '0x7f', '1.5'],
];

const CARD_BYTES = 80;

export interface Ingredients {
  readonly corpus: readonly Uint8Array[];
  /** Pieces of text that mean something to what is tested. */
  readonly words: readonly string[];
}

/** An input near to one of the corpus: one to six changes, each of a kind taken at random. */
export function mutated({ corpus, words }: Ingredients, random: () => number): Uint8Array {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const below = (limit: number): number => Math.floor(random() * limit);
  let bytes = Uint8Array.from(pick(corpus));
  for (let changes = 1 + below(6); changes > 0; changes--)
    bytes = pick(MUTATIONS)({ bytes, corpus, words, pick, below });
  return bytes;
}

interface Context extends Ingredients {
  readonly bytes: Uint8Array<ArrayBuffer>;
  pick<T>(items: readonly T[]): T;
  below(limit: number): number;
}

type Mutation = (context: Context) => Uint8Array<ArrayBuffer>;

const flipBit: Mutation = ({ bytes, below }) => {
  const at = below(bytes.length);
  if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << below(8));
  return bytes;
};

const setByte: Mutation = ({ bytes, below, pick }) => {
  if (bytes.length > 0) bytes[below(bytes.length)] = pick([0, 0x0a, 0x20, 0x22, 0x27, 0x2f, 0x80, 0xff, below(256)]);
  return bytes;
};

const cut: Mutation = ({ bytes, below }) => bytes.slice(0, below(bytes.length + 1));

const remove: Mutation = ({ bytes, below }) => {
  const from = below(bytes.length + 1);
  return joined(bytes.slice(0, from), bytes.slice(from + below(300)));
};

const repeat: Mutation = ({ bytes, below }) => {
  const from = below(bytes.length + 1);
  const piece = bytes.slice(from, from + below(300));
  const times = 1 + below(40);
  return joined(bytes.slice(0, from), ...Array.from({ length: times }, () => piece), bytes.slice(from));
};

const splice: Mutation = ({ bytes, corpus, pick, below }) => {
  const other = pick(corpus);
  return joined(bytes.slice(0, below(bytes.length + 1)), other.slice(below(other.length + 1)));
};

const insertWord: Mutation = ({ bytes, words, pick, below }) => {
  const at = below(bytes.length + 1);
  return joined(bytes.slice(0, at), Buffer.from(pick(words)), bytes.slice(at));
};

const overwriteWord: Mutation = ({ bytes, words, pick, below }) => {
  const word = Buffer.from(pick(words));
  const at = below(bytes.length + 1);
  bytes.set(word.subarray(0, Math.max(0, bytes.length - at)), at);
  return bytes;
};

/** Replaces one run of digits, also in a header card, where the length stays. */
const changeNumber: Mutation = ({ bytes, pick }) => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const numbers = [...text.slice(0, 200_000).matchAll(/\d+/g)];
  if (numbers.length === 0) return bytes;
  const { index, 0: digits } = pick(numbers);
  const value = pick(ABSURD_NUMBERS);
  const isCard = /^.{8}= /s.test(text.slice(index - (index % CARD_BYTES), index));
  if (!isCard) return joined(bytes.slice(0, index), Buffer.from(value), bytes.slice(index + digits.length));
  const end = index + digits.length;
  const start = Math.max(index - (index % CARD_BYTES) + 10, end - value.length);
  bytes.set(Buffer.from(value).subarray(0, end - start), start);
  return bytes;
};

/** Writes the value of another card, or an absurd one, into a card. */
const changeCard: Mutation = ({ bytes, words, pick, below }) => {
  const cards = Math.floor(Math.min(bytes.length, 28_800) / CARD_BYTES);
  if (cards < 2) return bytes;
  const at = below(cards) * CARD_BYTES;
  if (below(3) === 0) {
    const other = below(cards) * CARD_BYTES;
    bytes.copyWithin(at + 8, other + 8, other + CARD_BYTES);
  } else {
    const value = (below(2) === 0 ? pick(ABSURD_NUMBERS) : pick(words)).padEnd(70).slice(0, 70);
    bytes.set(Buffer.from(value, 'latin1'), at + 10);
  }
  return bytes;
};

const MUTATIONS: readonly Mutation[] = [
  ...[flipBit, setByte, cut, remove, repeat, splice, insertWord, overwriteWord, changeNumber, changeNumber, changeCard],
];

function joined(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(pieces));
}
